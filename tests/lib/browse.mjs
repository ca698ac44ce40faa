// Just enough of a browser to sign in: cookies, redirects by hand, one form.
export class Browser {
  jar = new Map();

  async go(url, options = {}) {
    const { origin } = new URL(url);
    const mine = this.jar.get(origin) ?? new Map();
    this.jar.set(origin, mine);
    const r = await fetch(url, { redirect: 'manual', ...options,
      headers: { ...options.headers, cookie: [...mine].map(([k, v]) => `${k}=${v}`).join('; ') } });
    for (const c of r.headers.getSetCookie()) {
      const [, name, value] = c.match(/^([^=]+)=([^;]*)/);
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(c)) mine.delete(name); else mine.set(name, value);
    }
    return r;
  }

  // Follows redirects until one leaves for STOP (a prefix), or a page comes.
  async follow(url, stop, options) {
    for (let i = 0; i < 20; i++) {
      const r = await this.go(url, options);
      options = undefined;
      const to = r.headers.get('location');
      if (r.status < 300 || r.status > 399 || !to) return { page: await r.text(), url, status: r.status };
      url = new URL(to, url).href;
      if (url.startsWith(stop)) return { url };
    }
    throw new Error('too many redirects');
  }

  // At tests/lib/provider.mjs: from LOCATION to the address it sends back to.
  async signInAt(location, login, stop, { password = login, press = 'in' } = {}) {
    const form = await this.follow(location, stop);
    if (!form.page) return form.url;
    const back = await this.follow(form.url, stop, { method: 'POST', body: new URLSearchParams({ login, password, do: press }) });
    if (back.page) throw new Error(`still at ${back.url}: ${back.page.match(/role="alert">([^<]*)/)?.[1] ?? back.status}`);
    return back.url;
  }
}
