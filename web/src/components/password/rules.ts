/** What a password must have. The gateway cannot look: it gets a hash. */

/** Characters. */
export const SHORTEST_PASSWORD = 8;
