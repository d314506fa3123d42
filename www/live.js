/* Asks now and then, while the page is seen, whether the portal has newer data
 * than the page was made from, and offers it. Nothing that is being read moves:
 * the offer lies over the foot of the window and the page changes when it is
 * taken. The answer is nearly always 304, as the entity tag is the generation. */
const EVERY_MS = 60000;
const PATIENCE_MS = 15 * EVERY_MS; /* between questions nobody answers */

const offer = document.getElementById("offer");
const shown = offer.dataset.generation;
let pause = EVERY_MS;
let timer = 0;
let asking = false;

async function ask() {
	clearTimeout(timer);
	if (asking || document.hidden)
		return;
	asking = true;
	try {
		const answer = await fetch("/api/v1/generation", {
			cache: "no-cache",
			signal: AbortSignal.timeout(EVERY_MS / 2),
		});
		const { generation } = await answer.json();

		if (answer.ok && String(generation) !== shown) {
			offer.hidden = false;
			return;
		}
		pause = EVERY_MS;
	} catch {
		/* The network is away: what is on the page stays right. */
		pause = Math.min(pause * 2, PATIENCE_MS);
	} finally {
		asking = false;
	}
	timer = setTimeout(ask, pause);
}

offer.querySelector("a").addEventListener("click", (event) => {
	event.preventDefault();
	location.reload();
});
document.addEventListener("visibilitychange", ask);
addEventListener("pageshow", (event) => event.persisted && ask());
timer = setTimeout(ask, EVERY_MS);
