// Everything works without this file; it only makes things quicker.

// Copy buttons: hidden until there is a clipboard to copy to.
const status = document.querySelector('[data-status]');
for (const button of document.querySelectorAll('button[data-copy]')) {
	const source = document.getElementById(button.dataset.copy);
	if (!source || !navigator.clipboard)
		continue;
	const label = button.querySelector('span');
	const before = label.textContent;
	button.hidden = false;
	button.addEventListener('click', async () => {
		try {
			await navigator.clipboard.writeText(source.dataset.value);
		} catch {
			getSelection().selectAllChildren(source);
			return;
		}
		label.textContent = button.dataset.done;
		if (status)
			status.textContent = button.dataset.done;
		setTimeout(() => { label.textContent = before; }, 2500);
	});
}

// Times are written in UTC; show them as the reader's clock does, and in
// English as the sentences beside them: 25 November 2026, 14:05.
const english = document.documentElement.lang === 'en';
const style = (dateStyle) => new Intl.DateTimeFormat(`${english ? 'en-GB' : document.documentElement.lang}-u-nu-latn`,
	{ dateStyle, timeStyle: 'short' });
const long = style('long'), short = style(english ? 'medium' : 'short');
function local(part) {
	for (const time of part.querySelectorAll('time[datetime]')) {
		const when = new Date(time.dateTime);
		if (!Number.isNaN(when.valueOf()))
			time.textContent = (time.closest('td') ? short : long).format(when).replace(' at ', ', ');
	}
}
local(document);

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll('form[method="post"]:not([data-again])'))
	form.addEventListener('submit', (event) => {
		if (form.dataset.sent)
			event.preventDefault();
		form.dataset.sent = 'yes';
	});
addEventListener('pageshow', () => {
	for (const form of document.querySelectorAll('form[data-sent]'))
		delete form.dataset.sent;
});

// A page with a password is not shown again from the browser's memory.
addEventListener('pageshow', (event) => {
	if (event.persisted)
		location.reload();
});

// What a sheet will look like, drawn again as its form changes.
for (const image of document.querySelectorAll('img[data-preview]')) {
	const form = image.closest('form');
	const link = form.querySelector('[data-preview-link]');
	const told = form.querySelector('[data-squares]');
	let later;
	// which characters of what was typed no font has
	const tell = async () => {
		const reply = await fetch('/desk/squares', { method: 'POST',
			body: new URLSearchParams(new FormData(form)) }).catch(() => null);
		const page = reply?.ok && !reply.redirected
			? new DOMParser().parseFromString(await reply.text(), 'text/html') : null;
		const fresh = page?.querySelector('[data-squares]');
		if (fresh && fresh.textContent !== told.textContent)
			told.replaceChildren(...fresh.childNodes);
	};
	const draw = () => {
		const query = new URLSearchParams();
		for (const name of ['layout', 'sheet_title', 'sheet_note', 'sheet_language', 'sheet_logo'])
			query.set(name, form.elements[name]?.value ?? '');
		const address = `/desk/preview?${query}`;
		if (link)
			link.href = address;
		if (!image.closest('details').open)
			return;
		image.src = address;
		if (told)
			tell();
	};
	image.hidden = false;
	form.addEventListener('input', () => { clearTimeout(later); later = setTimeout(draw, 250); });
	image.closest('details').addEventListener('toggle', draw);
}

// A kiosk forgets: the page goes away by itself and is not in the history.
const kiosk = document.querySelector('[data-kiosk]');
if (kiosk) {
	const leave = () => location.replace(kiosk.dataset.to);
	const left = kiosk.querySelector('[data-left]');
	let seconds = Number(kiosk.dataset.kiosk);
	setInterval(() => {
		seconds -= 1;
		if (left)
			left.value = seconds;
		if (seconds <= 0)
			leave();
	}, 1000);
	kiosk.querySelector('[data-replace]')?.addEventListener('click', (event) => {
		event.preventDefault();
		leave();
	});
}

// Puts FRESH in the place of PART: what was open stays open, who was in it stays
// where they were, and of a step that is well now, and of trouble, they are told.
function renew(part, fresh) {
	const at = part.contains(document.activeElement) ? document.activeElement : null;
	for (const open of part.querySelectorAll('details[id][open]')) {
		const same = fresh.querySelector(`#${CSS.escape(open.id)}`);
		if (same)
			same.open = true;
	}
	local(fresh);
	// by what they say but for the time, so that what goes on is told once
	const said = (of) => new Map([...of.querySelectorAll('h2:has(.ok), .note')].map((e) => [
		[...e.childNodes].filter((n) => n.localName !== 'time').map((n) => n.textContent).join(''),
		e.textContent.trim().replace(/\.$/, '')]));
	const before = said(part), news = [...said(fresh)].filter(([gist]) => !before.has(gist));
	if (status && news.length > 0)
		status.textContent = news.map(([, words]) => words).join('. ');
	const place = at && [...part.querySelectorAll(at.localName)].indexOf(at);
	part.replaceWith(fresh);
	if (at)
		fresh.querySelectorAll(at.localName)[place]?.focus({ preventScroll: true });
}

// A part that changes by itself is fetched again while the page is looked at;
// at most as often as it says, so that a forgotten page ends its session.
function follow(part, rounds = Number(part?.dataset.rounds) || Infinity) {
	if (!part?.dataset.live || rounds <= 0)
		return;
	setTimeout(async () => {
		let fresh = part;
		if (!document.hidden) {
			const reply = await fetch(part.dataset.live).catch(() => null);
			const page = reply?.ok && !reply.redirected
				? new DOMParser().parseFromString(await reply.text(), 'text/html') : null;
			const found = page?.getElementById(part.id);
			if (found && !found.dataset.live && part.dataset.whole) {
				location.reload(); // it is another page now
				return;
			}
			if (found && found.textContent !== part.dataset.was) {
				found.dataset.was = found.textContent;
				renew(part, found);
				fresh = found;
			}
		}
		follow(fresh, rounds - 1);
	}, Number(part.dataset.every) || 5000);
}
follow(document.getElementById('moving'));

// The part that one is in is seen where not all of them fit.
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
