/** The addresses that may run as workers: the policy that gateway/page.ts allows for that (Trusted Types). */

interface Policy {
  createScriptURL(address: string): string;
}

/** The page's own service worker, and what the build has made. */
const OWN = /^\/(?:sw\.js|assets\/[\w.-]+\.js)$/;

const rules: Policy = {
  createScriptURL(address) {
    if (!OWN.test(address)) throw new TypeError(`${address} is no script of this page`);
    return address;
  },
};

const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } };
const policy = trustedTypes?.createPolicy('ims-workers', rules) ?? rules;

/** The address as `Worker` and the registration of a service worker take it; throws TypeError for any other. */
export function trustScript(address: string): string {
  return policy.createScriptURL(address);
}
