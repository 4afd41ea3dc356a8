/** Where Redis is: what REDIS_URL says, read before anything is connected. */

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

export interface RedisAddress {
  /** One server, servers that sentinels watch, or a cluster. */
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The server, the sentinels, or some nodes of the cluster. */
  readonly hosts: readonly HostPort[];
  readonly isTls: boolean;
  readonly credentials: Credentials;
  /** 0 in a cluster, which has no others. */
  readonly db: number;
  /** What the sentinels call the master; empty elsewhere. */
  readonly name: string;
  /** For the sentinels themselves. */
  readonly sentinelCredentials: Credentials;
  /** For people, without user and password: `127.0.0.1:6379/3`, `sentinel 127.0.0.1:26379,127.0.0.1:26380/NAME`. */
  readonly place: string;
}

/** What REDIS_URL can be, for people. */
export const REDIS_URL_FORMS =
  'redis://host[:port][/db], redis+sentinel://host:port,host:port/NAME[/db][?sentinelUser=USER&sentinelPassword=PASSWORD] or redis+cluster://host:port,host:port, each with user:password@ before the first host if needed, each with rediss for TLS';

/** The address that a URL names; undefined when it names none. */
export function readRedisUrl(text: string): RedisAddress | undefined {
  const match = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(
    text,
  );
  if (!match) return undefined;
  const [, secure, way = 'single', user = '', list = '', path = '', query = ''] = match as (string | undefined)[];
  const kind = way as RedisAddress['kind'];
  const hosts = list.split(',').map((host) => readHost(host, kind === 'sentinel' ? 26_379 : 6_379));
  const target = readPath(kind, path);
  const sentinels = readQuery(kind, query);
  const credentials = readCredentials(user);
  if (!target || !sentinels || !credentials || (kind === 'single' && hosts.length > 1)) return undefined;
  if (hosts.some((host) => host === undefined)) return undefined;
  const place = hosts.map((host) => `${host!.host.includes(':') ? `[${host!.host}]` : host!.host}:${host!.port}`);
  return {
    kind,
    hosts: hosts as HostPort[],
    isTls: secure === 's',
    credentials,
    ...target,
    sentinelCredentials: sentinels,
    place: `${kind === 'single' ? '' : `${kind} `}${place.join(',')}${target.name && `/${target.name}`}${target.db ? `/${target.db}` : ''}`,
  };
}

function readHost(text: string, preset: number): HostPort | undefined {
  const url = URL.canParse(`redis://${text}`) ? new URL(`redis://${text}`) : undefined;
  if (!url || url.hostname === '' || url.port === '0') return undefined;
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || preset) };
}

/** `/db` of a server, `/NAME` or `/NAME/db` behind sentinels; a cluster has neither. */
function readPath(kind: RedisAddress['kind'], path: string): { db: number; name: string } | undefined {
  const pattern = { single: /^()\/?(\d{0,4})$/, sentinel: /^\/([\w.-]+)(?:\/(\d{0,4}))?$/, cluster: /^()\/?()$/ }[kind];
  const match = pattern.exec(path);
  return match ? { name: match[1]!, db: Number(match[2] ?? 0) } : undefined;
}

/** `sentinelUser` and `sentinelPassword`: sentinels have passwords of their own, or none. */
function readQuery(kind: RedisAddress['kind'], query: string): Credentials | undefined {
  const params = new URLSearchParams(query);
  const allowed = kind === 'sentinel' ? ['sentinelUser', 'sentinelPassword'] : [];
  if ([...params.keys()].some((name) => !allowed.includes(name))) return undefined;
  const [username, password] = [params.get('sentinelUser'), params.get('sentinelPassword')];
  return { ...(username && { username }), ...(password && { password }) };
}

function readCredentials(text: string): Credentials | undefined {
  const [username = '', ...rest] = text.split(':');
  try {
    const password = decodeURIComponent(rest.join(':'));
    return { ...(username && { username: decodeURIComponent(username) }), ...(password && { password }) };
  } catch {
    return undefined;
  }
}
