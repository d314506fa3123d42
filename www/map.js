/* Puts a map to move in the place of a map's picture, when a mouse comes over
 * the picture or it is opened. Until then nothing of it is loaded; when
 * something cannot be loaded the picture stays.
 *
 * <figure class="map" data-tracks="/map.geojson"> says where the tracks are;
 * the script's own element says where the files are. Nothing from elsewhere
 * becomes markup: text goes in as text. */
const files = document.getElementById("map-script").dataset;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const KM_PER_DEGREE = 111.195;
const NEAR_PX = 9;      /* of the mouse: such a track is meant */
const MEANT_MOST = 6;   /* missions named by one popup */
let L;

/* ---- loading ---- */

function load(tag, members) {
	return new Promise((done, failed) => {
		const element = Object.assign(document.createElement(tag),
		    members, { onload: done, onerror: failed });

		document.head.append(element);
	});
}

let loading;

function library() {
	loading ??= Promise.all([
		load("script", { src: files.leaflet }),
		load("link", { rel: "stylesheet", href: files.style })
		    .then(() => load("link", { rel: "stylesheet",
			href: files.look })),
	]).then(() => {
		L = window.L;
	}).catch((error) => {
		loading = undefined;
		throw error;
	});
	return loading;
}

async function fetched(address, kind) {
	const answer = await fetch(address).catch((error) => {
		/* No network, or the page is being left: the browser tells. */
		throw new DOMException(`${address}: ${error.message}`,
		    "NetworkError");
	});

	if (!answer.ok)
		throw new Error(`${address}: ${answer.status}`);
	return answer[kind]();
}

/* ---- the base map (EBM1, www/basemap.mjs) ---- */

/* Polygons of land, coasts and borders, as [lat, lon]. A step along the frame
 * is no coast. */
function decode(bytes) {
	const data = new DataView(bytes);
	const units = data.getUint32(4, true);
	const frame = [0, 1, 2, 3].map((i) => data.getInt32(8 + 4 * i, true));
	const shapes = { land: [], coast: [], border: [],
		frame: frame.map((v) => v / units) };
	const degrees = ([x, y]) => [y / units, x / units];
	const cut = (a, b) => (a[0] === b[0] && (a[0] === frame[0] ||
	    a[0] === frame[2])) || (a[1] === b[1] && (a[1] === frame[1] ||
	    a[1] === frame[3]));
	let at = 32;

	for (let n = data.getUint32(24, true); n > 0; n--) {
		const kind = data.getUint8(at);
		const count = data.getUint32(at + 4, true);
		const line = [[data.getInt32(at + 24, true),
			data.getInt32(at + 28, true)]];

		at += 32;
		for (let i = 1; i < count; i++, at += 4)
			line.push([line[i - 1][0] + data.getInt16(at, true),
				line[i - 1][1] + data.getInt16(at + 2, true)]);
		if (kind === 2) {
			shapes.border.push(line.map(degrees));
			continue;
		}
		if (kind === 0)
			shapes.land.push([line.map(degrees)]);
		else
			shapes.land.at(-1).push(line.map(degrees));
		let run = [line[0]];
		for (const point of [...line.slice(1), line[0]]) {
			if (cut(run.at(-1), point)) {
				if (run.length > 1)
					shapes.coast.push(run.map(degrees));
				run = [];
			}
			run.push(point);
		}
		if (run.length > 1)
			shapes.coast.push(run.map(degrees));
	}
	return shapes;
}

const bases = {};

async function base(name) {
	bases[name] ??= fetched(files[name], "arrayBuffer").then(decode);
	bases[name].catch(() => delete bases[name]);
	return bases[name];
}

function draw_base(chart, shapes, turn) {
	const turned = (line) => turn === 0 ? line : Array.isArray(line[0]) ?
	    line.map(turned) : [line[0], line[1] + turn];
	const [west, south, east, north] = shapes.frame;
	const add = (kind, lines, className) => kind(turned(lines), {
		className, renderer: chart.renderers.land, interactive: false,
		smoothFactor: .6,
	}).addTo(chart.map);

	add(L.polygon, [[south, west], [south, east], [north, east],
		[north, west]], "sea");
	add(L.polygon, shapes.land, "land");
	add(L.polyline, shapes.coast, "coast");
	add(L.polyline, shapes.border, "border");
}

/* The coarse coast of the world, once the view leaves the fine one. It goes
 * under everything; the fine one is put over it again. */
async function draw_world(chart) {
	const [west, south, east, north] = chart.region.frame;
	const seen = chart.map.getBounds();

	if (chart.world || (seen.getWest() >= west && seen.getEast() <= east &&
	    seen.getSouth() >= south && seen.getNorth() <= north))
		return;
	chart.world = true;
	try {
		const world = await base("world");

		for (const turn of [-360, 0, 360])
			draw_base(chart, world, turn);
		draw_base(chart, chart.region, 0);
	} catch {
		chart.world = false;
	}
}

/* ---- tracks ---- */

const name_of = (p) => `${p.platform} M${p.mission}`;

function draw_tracks(chart, geojson) {
	const [west, , east] = geojson.bbox;
	/* Over the antimeridian degrees go on counting. */
	const turned = ([lon, lat]) => [lat, west > east && lon < 0 ?
	    lon + 360 : lon];

	for (const { geometry, properties } of geojson.features) {
		const look = properties.class ?? "";

		if (geometry.type === "Point") {
			const at = turned(geometry.coordinates);

			chart.dots.push({ at, properties, word: word(chart,
			    "name", properties.platform) });
			L.circleMarker(at, { radius: 4.5, interactive: false,
				className: `dot ${look}`,
				renderer: chart.renderers.dots,
			}).addTo(chart.map);
			continue;
		}
		const points = geometry.coordinates.map((line) =>
		    line.map(turned));
		const add = (className, pane) => L.polyline(points, {
			className, interactive: false, renderer: pane,
			smoothFactor: .6 }).addTo(chart.map);

		if (properties.highlight)
			add("halo", chart.renderers.bold);
		chart.tracks.push({ properties, line: properties.highlight ?
		    add(`bold ${look}`, chart.renderers.bold) :
		    add(`thin ${look}`, chart.renderers.thin) });
	}
}

/* The address of a mission's page: a path of this portal, or the page's file
 * where the portal was exported as files. */
function page_of(mission) {
	const home = new URL(files.home, document.baseURI);
	const path = new URL(mission.url, location.origin).pathname;

	return home.pathname.endsWith(".html") ?
	    new URL(`.${path}.html`, home).href : path;
}

/* Missions whose track is near a point of the container, nearest first. */
function missions_at(chart, point) {
	const at = chart.map.containerPointToLayerPoint(point);
	const found = new Map();

	for (const { line, properties } of chart.tracks) {
		const near = line.closestLayerPoint(at);

		if (near && near.distance <= NEAR_PX)
			found.set(properties.url, { properties, line,
				far: near.distance - 4 * properties.highlight });
	}
	for (const { at: place, properties } of chart.dots) {
		const far = chart.map.latLngToLayerPoint(place).distanceTo(at);

		if (far <= NEAR_PX)
			found.set(properties.url, { properties, far: far - 8 });
	}
	return [...found.values()].sort((a, b) => a.far - b.far);
}

const day = (text) => new Intl.DateTimeFormat("en-GB", { day: "numeric",
	month: "short", year: "numeric", timeZone: "UTC" })
    .format(new Date(text));

function describe(missions) {
	const box = document.createElement("div");

	for (const { properties: p } of missions.slice(0, MEANT_MOST)) {
		const line = document.createElement("p");
		const link = document.createElement("a");

		link.textContent = name_of(p);
		link.href = page_of(p);
		line.append(link, `${p.name ? ` ${p.name}` : ""}, ${day(p.start)
			} – ${p.live ? "at sea now" : day(p.end)}`);
		box.append(line);
	}
	if (missions.length > MEANT_MOST)
		box.append(`and ${missions.length - MEANT_MOST} more`);
	return box;
}

function follow_mouse(chart) {
	const hint = L.tooltip({ direction: "top", offset: [0, -6],
		opacity: 1 });
	let near, waiting = 0;

	const leave = () => {
		near?.getElement()?.classList.remove("near");
		near = undefined;
		hint.remove();
	};

	chart.map.on("mousemove", (event) => {
		cancelAnimationFrame(waiting);
		waiting = requestAnimationFrame(() => {
			const [first] = chart.measuring ? [] :
			    missions_at(chart, event.containerPoint);

			leave();
			if (!first)
				return;
			near = first.line;
			near?.getElement()?.classList.add("near");
			hint.setLatLng(event.latlng).setContent(
			    document.createTextNode(name_of(first.properties)))
			    .addTo(chart.map);
		});
	});
	chart.map.on("mouseout zoomstart", () => {
		cancelAnimationFrame(waiting);
		leave();
	});
	chart.map.on("click", (event) => {
		const found = chart.measuring ? [] :
		    missions_at(chart, event.containerPoint);

		if (found.length > 0)
			chart.map.openPopup(describe(found), event.latlng,
			    { maxWidth: 300 });
	});
}

/* ---- words on the map ---- */

function word(chart, kind, text) {
	const element = document.createElement("span");

	element.className = `word ${kind}`;
	element.textContent = text;
	element.setAttribute("aria-hidden", "true");
	chart.words.append(element);
	return element;
}

/* ---- graticule ---- */

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 2700];
const GRID_PX = 95; /* between two lines, at least */

/* "57°30′N", from minutes. */
function degrees_text(minutes, letters) {
	const whole = Math.floor(Math.abs(minutes) / 60);
	const rest = Math.abs(minutes) % 60;

	return `${whole}°${rest ? `${String(rest).padStart(2, "0")}′` : ""}${
		minutes === 0 ? "" : letters[minutes > 0 ? 0 : 1]}`;
}

/* Lines of the view, and the words at their ends, for place_words. */
function draw_grid(chart) {
	const { map } = chart;
	const seen = map.getBounds();
	const [west, east, south, north] = [seen.getWest(), seen.getEast(),
		Math.max(seen.getSouth(), -85), Math.min(seen.getNorth(), 85)];
	const px = map.getSize().x / (east - west) / 60; /* of a minute */
	const stretch = 1 / Math.cos(map.getCenter().lat * Math.PI / 180);
	const step = (size) => STEPS.find((s) => s * size >= GRID_PX) ?? 5400;
	const along = (low, high, by) => {
		const found = [];

		for (let m = Math.ceil(low * 60 / by) * by; m < high * 60;
		    m += by)
			found.push(m);
		return found;
	};

	chart.grid?.remove();
	chart.degrees.forEach(({ element }) => element.remove());
	const lons = along(west, east, step(px));
	const lats = along(south, north, step(px * stretch));
	chart.grid = L.polyline([
		...lons.map((m) => [[south, m / 60], [north, m / 60]]),
		...lats.map((m) => [[m / 60, west], [m / 60, east]]),
	], { className: "grid", interactive: false, smoothFactor: 0,
		renderer: chart.renderers.grid }).addTo(map);
	/* Over the antimeridian 181 degrees east is 179 west. */
	const around = (m) => m - 21600 * Math.round(m / 21600);
	chart.degrees = [
		...lons.map((m) => ({ at: [south, m / 60], lon: true,
			element: word(chart, "deg", degrees_text(around(m),
			    "EW")) })),
		...lats.map((m) => ({ at: [m / 60, west], lon: false,
			element: word(chart, "deg", degrees_text(m, "NS")) })),
	];
}

/* Places the words again: platforms first, then seas where the zoom fits, each
 * only where there is room. */
function place_words(chart) {
	const size = chart.map.getSize();
	const taken = [];
	const middle = chart.map.getCenter();
	const px = chart.map.project([middle.lat, 1]).x -
	    chart.map.project([middle.lat, 0]).x;
	const zoom = 100 * px / (KM_PER_DEGREE *
	    Math.cos(middle.lat * Math.PI / 180));

	const put = (element, left, top) => {
		const right = left + element.offsetWidth;
		const bottom = top + element.offsetHeight;

		if (left < 4 || top < 4 || right > size.x - 4 ||
		    bottom > size.y - 4 || taken.some((t) => left < t[2] &&
		    right > t[0] && top < t[3] && bottom > t[1]))
			return false;
		taken.push([left, top, right, bottom]);
		L.DomUtil.setPosition(element,
		    chart.map.containerPointToLayerPoint([left, top]));
		element.style.visibility = "";
		return true;
	};

	const frame = chart.box.getBoundingClientRect();
	for (const element of chart.box.querySelectorAll(".leaflet-control")) {
		const r = element.getBoundingClientRect();

		taken.push([r.left - frame.left, r.top - frame.top,
			r.right - frame.left, r.bottom - frame.top]);
	}
	for (const { element } of chart.seas)
		element.style.visibility = "hidden";
	for (const { at } of chart.dots) {
		const { x, y } = chart.map.latLngToContainerPoint(at);

		taken.push([x - 5, y - 5, x + 5, y + 5]);
	}
	for (const { at, word: element } of [...chart.dots].reverse()) {
		const { x, y } = chart.map.latLngToContainerPoint(at);
		const { offsetWidth: w, offsetHeight: h } = element;

		element.style.visibility = "hidden";
		void (put(element, x + 8, y - h / 2) ||
		    put(element, x - 8 - w, y - h / 2) ||
		    put(element, x - w / 2, y - 7 - h) ||
		    put(element, x - w / 2, y + 7));
	}
	for (const { at, element, lon } of chart.degrees) {
		const { x, y } = chart.map.latLngToContainerPoint(at);
		const h = element.offsetHeight;

		element.style.visibility = "hidden";
		put(element, lon ? x + 4 : 6, lon ? size.y - h - 5 : y - h - 1);
	}
	for (const { at, element, from, to } of chart.seas) {
		const { x, y } = chart.map.latLngToContainerPoint(at);

		if (zoom >= from && zoom <= to)
			put(element, x - element.offsetWidth / 2,
			    y - element.offsetHeight / 2);
	}
}

function add_words(chart, seas) {
	for (const { geometry, properties: p } of seas.features)
		if (geometry.type === "LineString")
			L.polyline(geometry.coordinates.map(([lon, lat]) =>
			    [lat, lon]), { className: "area",
				interactive: false, smoothFactor: .6,
				renderer: chart.renderers.thin,
			}).addTo(chart.map);
		else chart.seas.push({ at: [geometry.coordinates[1],
			geometry.coordinates[0]], from: p.from, to: p.to,
		    element: word(chart, "water", p.name.replace("|", " ")) });
	chart.map.on("zoomstart", () => chart.words.hidden = true);
	const again = () => {
		chart.words.hidden = false;
		draw_grid(chart);
		place_words(chart);
	};
	chart.map.on("moveend resize", again);
	again();
}

/* ---- controls ---- */

function control(position, element) {
	const Control = L.Control.extend({ onAdd: () => {
		L.DomEvent.disableClickPropagation(element);
		return element;
	} });

	return new Control({ position });
}

function button(text, act) {
	const element = Object.assign(document.createElement("button"),
	    { type: "button", className: "plain", textContent: text });

	element.setAttribute("aria-pressed", "false");
	element.addEventListener("click", act);
	return element;
}

function add_controls(chart, legend) {
	const { map, box } = chart;
	const bar = document.createElement("div");

	bar.className = "words-bar";
	const measure = button("Measure", async () => {
		const { toggle } = await import(new URL(files.measure,
		    document.baseURI));

		toggle(chart, measure);
	});
	bar.append(measure);
	if (document.fullscreenEnabled) {
		const full = button("Full screen", () =>
		    document.fullscreenElement === box ?
			document.exitFullscreen() : box.requestFullscreen());

		document.addEventListener("fullscreenchange", () => {
			full.setAttribute("aria-pressed",
			    String(document.fullscreenElement === box));
			map.invalidateSize({ animate: false });
		});
		bar.append(full);
	}
	control("topright", bar).addTo(map);
	L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
	if (legend.length === 0)
		return;
	const keys = document.createElement("ul");
	keys.className = "keys plain";
	for (const { text, class: look } of legend) {
		const key = document.createElement("li");
		const mark = document.createElement("i");

		mark.className = `dot ${look ?? ""}`;
		key.append(mark, text);
		keys.append(key);
	}
	control("bottomright", keys).addTo(map);
}

function add_tiles(chart) {
	const by = document.createElement("a");

	by.textContent = files.tilesBy;
	if (files.tilesUrl)
		by.href = files.tilesUrl;
	L.tileLayer(files.tiles, { maxZoom: +files.tilesZoom,
		attribution: by.outerHTML }).addTo(chart.map);
}

/* ---- the map ---- */

function make_map(figure, picture, bbox) {
	const box = document.createElement("div");

	box.className = "chart";
	box.role = "region";
	box.ariaLabel = `${figure.querySelector("img").alt.split(";")[0]
		}. Arrow keys move it, plus and minus zoom.`;
	picture.before(box);
	picture.hidden = true;
	const map = L.map(box, { zoomSnap: files.tiles ? 1 : 0, zoomDelta: 1,
		minZoom: 1, maxZoom: files.tiles ? +files.tilesZoom : 14,
		zoomAnimation: !still, fadeAnimation: false, inertia: !still,
		markerZoomAnimation: false, scrollWheelZoom: false,
		attributionControl: Boolean(files.tiles), worldCopyJump: false,
		maxBoundsViscosity: 1, maxBounds: [[-85, -540], [85, 540]] });
	const pan = map.panBy;

	if (still)
		map.panBy = (by, options) => pan.call(map, by,
		    { ...options, animate: false });
	map.attributionControl?.setPrefix(false);
	const [west, south, east, north] = bbox;
	map.fitBounds([[south, west], [north, west > east ? east + 360 : east]],
	    { animate: false, padding: [24, 24] });
	return { map, box };
}

function make_panes(map) {
	const renderers = {};

	["land", "grid", "thin", "bold", "dots"].forEach((name, i) => {
		map.createPane(name).style.zIndex = 400 + i;
		renderers[name] = L.svg({ pane: name, padding: .4 });
	});
	return renderers;
}

function fill(chart, geojson, seas) {
	chart.renderers = make_panes(chart.map);
	chart.words = chart.map.createPane("words");
	chart.words.style.zIndex = 450;
	if (files.tiles) {
		add_tiles(chart);
	} else {
		draw_base(chart, chart.region, 0);
		chart.map.on("moveend", () => draw_world(chart));
		draw_world(chart);
	}
	draw_tracks(chart, geojson);
	add_controls(chart, geojson.legend);
	add_words(chart, seas);
	follow_mouse(chart);
	/* The wheel belongs to the page until the map is meant. */
	chart.map.on("focus click", () => chart.map.scrollWheelZoom.enable());
	chart.map.on("blur", () => chart.map.scrollWheelZoom.disable());
}

async function open(figure, picture) {
	const [geojson, seas, region] = await Promise.all([
		fetched(figure.dataset.tracks, "json"),
		fetched(files.seas, "json"),
		base("region"),
		library(),
	]);
	const chart = { ...make_map(figure, picture, geojson.bbox), region,
		tracks: [], dots: [], seas: [], degrees: [], world: false,
		measuring: false };

	try {
		fill(chart, geojson, seas);
	} catch (error) {
		chart.box.remove();
		picture.hidden = false;
		throw error;
	}
	return chart;
}

function watch(figure) {
	const picture = figure.querySelector("a");
	let opening;

	const start = (focus) => {
		opening ??= open(figure, picture).catch((error) => {
			/* The picture and its link stay. */
			if (error.name === "NetworkError") {
				opening = undefined;
				return;
			}
			console.warn(error);
			picture.removeEventListener("click", clicked);
		});
		if (focus)
			opening.then((chart) => chart?.box.focus());
	};
	const clicked = (event) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey)
			return;
		event.preventDefault();
		start(true);
	};

	picture.title = "Opens as a map to move";
	picture.addEventListener("pointerenter", (event) =>
	    event.pointerType === "mouse" && start(false));
	picture.addEventListener("click", clicked);
}

document.querySelectorAll("figure.map[data-tracks]").forEach(watch);
