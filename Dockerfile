# The gateway with its page. Alone: docker run -p 8080:8080 -p 5190:5190 -v ims:/data IMAGE. Three of them: compose.yaml.

# What the tests run on. glibc, as they do: LMDB and argon2 bring binaries for musl too, but nothing here has tried them.
ARG NODE_VERSION=20

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package needs its install script, so none runs.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY protocol protocol
COPY gateway gateway
COPY web web
COPY deploy/healthcheck.js deploy/
# Modes are those of the builder's checkout: whoever runs it must be able to read.
RUN npm run build && chmod -R a+rX dist deploy package.json

FROM node:${NODE_VERSION}-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
# A new volume takes its owner from here. The code is root's: the gateway cannot write it.
RUN mkdir /data && chown node:node /data && chmod 700 /data
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/deploy deploy
COPY --from=build /app/dist dist
USER node
VOLUME /data
EXPOSE 8080 5190
# Node is the process that gets it: npm would not pass it on.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "deploy/healthcheck.js"]
CMD ["node", "--enable-source-maps", "dist/gateway/main.js"]
