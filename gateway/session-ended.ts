/** Thrown where a change finds that its session was ended: by an administrator, a ban, a new password. */
export class SessionEnded extends Error {
  constructor() {
    super('the session was ended');
    this.name = 'SessionEnded';
  }
}
