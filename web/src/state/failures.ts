/** Why a message did not get there, in words. */

/** `reason`: the gateway's, or the client's own. */
export function describeFailure(reason: string | undefined, name: string): string {
  if (reason === 'unknown') return `Not delivered: there is no user “${name}”`;
  if (reason === 'full') return `Not delivered: ${name} has too many messages waiting. Try again later`;
  if (reason === 'lost') return 'Lost: the server had a failure and does not have this message any more';
  if (reason === 'id-used') return 'Not sent: the server took it for another message';
  if (reason === 'invalid') return 'Not delivered: the server could not read it';
  return 'Not delivered: the server refused it';
}
