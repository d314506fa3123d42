// The list of missions: "Load more" puts the rows of the next page below those
// that are shown. The pages themselves are links; this only saves the way.
const rows = document.getElementById("rows");
const nav = document.querySelector("nav.pages");
const form = document.querySelector("form.sieve");
const nextLink = (page) => page.querySelector('nav.pages a[rel="next"]');

// A form sends its empty fields too; the address reads better without them.
form.addEventListener("submit", () => {
	const empty = [...form.elements].filter((e) => e.name && e.value === "");
	for (const e of empty) e.disabled = true;
	setTimeout(() => { for (const e of empty) e.disabled = false; });
});

const said = document.createElement("p");
said.className = "away";
said.setAttribute("role", "status");
nav.before(said);

async function load() {
	const link = nextLink(document);
	const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
	if (!answer.ok) throw new Error(answer.statusText);
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	const more = page.querySelectorAll("#rows > tr");
	rows.append(...more);
	const next = nextLink(page);
	if (next) link.href = next.getAttribute("href");
	else link.remove();
	return more.length;
}

const pages = () => history.state?.pages ?? 0;
const link = nextLink(document);

if (rows && link) {
	const button = document.createElement("button");
	button.type = "button";
	button.textContent = "Load more";
	link.before(button);

	const ended = () => {
		if (nextLink(document)) return;
		// Focus must not be lost with the button.
		if (document.activeElement === button) {
			said.tabIndex = -1;
			said.focus({ preventScroll: true });
		}
		button.remove();
	};

	button.addEventListener("click", async () => {
		if (button.getAttribute("aria-disabled")) return;
		button.setAttribute("aria-disabled", "true");
		try {
			const count = await load();
			said.textContent = `${count} more missions, ${rows.rows.length} in all`;
			history.replaceState({ ...history.state, pages: pages() + 1 }, "");
			button.textContent = "Load more";
			ended();
		} catch {
			// What is here stays; the link leads to what is wrong.
			said.textContent = button.textContent = "Not loaded: try again";
		}
		button.removeAttribute("aria-disabled");
	});

	// Back from a mission: as many rows as before, and the place in them.
	if (pages() > 0) {
		const top = history.state.top;
		try {
			for (let i = pages(); i > 0 && nextLink(document); i--) await load();
			ended();
			if (top) scrollTo(0, top);
		} catch {
			history.replaceState({}, "");
		}
	}
	addEventListener("pagehide", () => {
		if (pages() > 0) history.replaceState({ ...history.state, top: scrollY }, "");
	});
}
