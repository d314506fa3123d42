/* Measures on the map: points that are clicked, or taken from the middle of
 * the map with Enter, joined by great circles, with their length. */
const EARTH_KM = 6371.0088;
const KM_PER_MILE = 1.852; /* nautical */
const STEP_KM = 50;        /* between the corners that draw a great circle */

const radians = (degrees) => degrees * Math.PI / 180;

/* The unit vector of a position, and back. */
function vector({ lat, lng }) {
	const [a, b] = [radians(lat), radians(lng)];

	return [Math.cos(a) * Math.cos(b), Math.cos(a) * Math.sin(b),
		Math.sin(a)];
}

function position([x, y, z], near) {
	const lng = Math.atan2(y, x) * 180 / Math.PI;

	return [Math.atan2(z, Math.hypot(x, y)) * 180 / Math.PI,
		lng + 360 * Math.round((near - lng) / 360)];
}

export function distance_km(a, b) {
	const s = Math.sin(radians(b.lat - a.lat) / 2) ** 2 +
	    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) *
	    Math.sin(radians(b.lng - a.lng) / 2) ** 2;

	return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(s)));
}

/* Points along the great circle from a to b (slerp). */
function great_circle(a, b) {
	const angle = distance_km(a, b) / EARTH_KM;
	const steps = Math.max(1, Math.ceil(angle * EARTH_KM / STEP_KM));
	const [u, v] = [vector(a), vector(b)];
	const points = [];

	if (angle < 1e-9 || Math.PI - angle < 1e-6)
		return [[a.lat, a.lng], [b.lat, b.lng]];
	for (let i = 0; i <= steps; i++) {
		const p = Math.sin((1 - i / steps) * angle) / Math.sin(angle);
		const q = Math.sin(i / steps * angle) / Math.sin(angle);

		points.push(position(u.map((c, k) => p * c + q * v[k]),
		    points.at(-1)?.[1] ?? a.lng));
	}
	return points;
}

const figure = (value) => value.toLocaleString("en-GB",
    { maximumFractionDigits: value < 10 ? 2 : value < 1000 ? 1 : 0 });

const HELP = "Click points, or move the map and press Enter to take its " +
    "middle. Backspace takes the last one back, Escape ends.";

function start(chart, pressed) {
	const { map, box } = chart;
	const { L } = window;
	const state = { points: [], drawn: [] };
	const said = document.createElement("p");
	const cross = document.createElement("div");

	said.className = "plain words-said";
	said.setAttribute("role", "status");
	said.textContent = HELP;
	cross.className = "cross";
	cross.textContent = "+";
	cross.setAttribute("aria-hidden", "true");
	cross.hidden = true;
	box.append(cross);
	const Note = L.Control.extend({ onAdd: () => said });
	const note = new Note({ position: "topright" }).addTo(map);

	const redraw = () => {
		let km = 0;

		state.drawn.forEach((layer) => layer.remove());
		state.drawn = state.points.map((at) => L.circleMarker(at, {
			radius: 4, className: "dot end", interactive: false,
			renderer: chart.renderers.dots }).addTo(map));
		state.points.slice(1).forEach((to, i) => {
			km += distance_km(state.points[i], to);
			state.drawn.push(L.polyline(
			    great_circle(state.points[i], to), {
				className: "ruler", interactive: false,
				renderer: chart.renderers.dots }).addTo(map));
		});
		said.textContent = state.points.length < 2 ? HELP :
		    `${figure(km)} km, ${figure(km / KM_PER_MILE)
		    } nautical miles (great circle)`;
	};
	const add = (at) => {
		state.points.push(at);
		redraw();
	};
	const click = (event) => add(event.latlng);
	const key = (event) => {
		if (event.target !== box)
			return;
		if (event.key === "Enter")
			add(map.getCenter());
		else if (event.key === "Backspace" && state.points.pop())
			redraw();
		else if (event.key === "Escape")
			stop(chart, pressed);
		else
			return;
		event.preventDefault();
	};
	const focus = () => cross.hidden = !box.matches(":focus-visible");

	map.on("click", click);
	map.doubleClickZoom.disable();
	box.addEventListener("keydown", key);
	box.addEventListener("focus", focus);
	box.addEventListener("blur", focus);
	box.classList.add("measuring");
	return () => {
		map.off("click", click);
		map.doubleClickZoom.enable();
		box.removeEventListener("keydown", key);
		box.removeEventListener("focus", focus);
		box.removeEventListener("blur", focus);
		box.classList.remove("measuring");
		state.drawn.forEach((layer) => layer.remove());
		note.remove();
		cross.remove();
	};
}

function stop(chart, pressed) {
	chart.measuring();
	chart.measuring = false;
	pressed.setAttribute("aria-pressed", "false");
}

export function toggle(chart, pressed) {
	if (chart.measuring) {
		stop(chart, pressed);
		return;
	}
	chart.measuring = start(chart, pressed);
	pressed.setAttribute("aria-pressed", "true");
}
