// Debian 12 has Node 18. What tests and their packages want of later ones is
// made up here, before they are loaded.
import { setDefaultResultOrder } from 'node:dns';

URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);

// Later ones try both addresses of localhost; servers of tests have one.
setDefaultResultOrder('ipv4first');

Headers.prototype.getSetCookie ??= function getSetCookie() {
  return this.get('set-cookie')?.split(/, (?=[\w!#$%&'*+.^`|~-]+=)/) ?? [];
};
