// Debian 12 has Node 18. What packages of the tests want of later ones is added
// here, before they are loaded.
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);
