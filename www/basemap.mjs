/* basemap.mjs: makes the base maps of the build from Natural Earth (public
 * domain), which the package world-atlas carries as TopoJSON.
 *
 *	node basemap.mjs OUTDIR NODE_MODULES
 *
 * writes into OUTDIR
 *	basemap_region.bin .json  coast and borders of the Baltic, the Danish
 *	                          straits and the Skagerrak, 1:10m
 *	basemap_world.bin .json   the same of the world, 1:110m
 *
 * The .json is GeoJSON: one MultiPolygon (properties.kind "land") and one
 * MultiLineString ("border"). The .bin holds the same lines for C, see
 * schema/basemap.h. All numbers are little-endian, lengths in bytes:
 *
 *	 0  4  magic "EBM1"
 *	 4  4  u32 units per degree
 *	 8 16  i32 west, south, east, north: the frame everything is cut to
 *	24  4  u32 number of lines
 *	28  4  u32 number of points of all lines together
 *	32     lines, each
 *	        0  1  kind: 0 land, 1 hole in the land before it, 2 border
 *	        1  3  zero
 *	        4  4  u32 number of points n >= 2
 *	        8 16  i32 west, south, east, north of the line
 *	       24  8  i32 longitude, latitude of the first point
 *	       32  4  (n - 1 times) i16 step in longitude, i16 in latitude
 *
 * Land and holes are rings whose last point joins the first without repeating
 * it. A ring that leaves the frame runs along it: a step with both ends on
 * the same side of the frame is a cut, not a coast, and must not be stroked. */
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const LAND = 0, HOLE = 1, BORDER = 2;

const maps = [
	{
		name: "region", scale: "10m", units: 10000,
		frame: [3, 52, 32, 67],
	},
	{
		name: "world", scale: "110m", units: 100,
		frame: [-180, -90, 180, 84],
	},
];

/* The atlas joins rings across the antimeridian; a step of more than half the
 * globe is a wrap, undone by going on past 180 degrees. */
function unwrap(points) {
	let turn = 0;

	return points.map(([lon, lat], i) => {
		const before = i > 0 ? points[i - 1][0] : lon;

		if (lon - before > 180)
			turn -= 360;
		else if (lon - before < -180)
			turn += 360;
		return [lon + turn, lat];
	});
}

/* A ring that goes round the globe encloses a pole: only Antarctica does. */
function closeOverPole(ring) {
	const first = ring[0], last = ring[ring.length - 1];

	if (Math.abs(last[0] - first[0]) < 180)
		return ring;
	return [...ring, [last[0], -90], [first[0], -90]];
}

/* The four sides of a frame: which coordinate, its value, which way is in. */
function sides([west, south, east, north]) {
	return [[0, west, 1], [0, east, -1], [1, south, 1], [1, north, -1]];
}

function cut(a, b, axis, at) {
	const t = (at - a[axis]) / (b[axis] - a[axis]);
	const point = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];

	point[axis] = at;
	return point;
}

function clipRing(ring, frame) {
	for (const [axis, at, inward] of sides(frame)) {
		const inside = (p) => (p[axis] - at) * inward >= 0;
		const kept = [];

		ring.forEach((point, i) => {
			const before = ring[(i || ring.length) - 1];

			if (inside(point) !== inside(before))
				kept.push(cut(before, point, axis, at));
			if (inside(point))
				kept.push(point);
		});
		ring = kept;
	}
	return ring;
}

/* One line in, the pieces of it inside the frame out. */
function clipLine(line, frame) {
	let pieces = [line];

	for (const [axis, at, inward] of sides(frame)) {
		const inside = (p) => (p[axis] - at) * inward >= 0;
		const kept = [];

		for (const piece of pieces) {
			let run = [];

			piece.forEach((point, i) => {
				const before = piece[i ? i - 1 : 0];

				if (inside(point) !== inside(before))
					run.push(cut(before, point, axis, at));
				if (inside(point)) {
					run.push(point);
				} else if (run.length > 0) {
					kept.push(run);
					run = [];
				}
			});
			kept.push(run);
		}
		pieces = kept.filter((run) => run.length > 1);
	}
	return pieces;
}

function quantize(points, units, closed) {
	const grid = points.map((p) => p.map((v) => Math.round(v * units)));
	const kept = grid.filter(([x, y], i) => i === 0 ||
	    x !== grid[i - 1][0] || y !== grid[i - 1][1]);

	while (closed && kept.length > 1 && kept[0][0] === kept.at(-1)[0] &&
	    kept[0][1] === kept.at(-1)[1])
		kept.pop();
	return kept;
}

function area(ring) {
	return Math.abs(ring.reduce((sum, [x, y], i) => {
		const [px, py] = ring[(i || ring.length) - 1];

		return sum + px * y - x * py;
	}, 0)) / 2;
}

const turns = [0, -360, 360];
const shift = (points, turn) => points.map(([x, y]) => [x + turn, y]);

function landPolygons(geometry, { frame, units }) {
	const found = [];

	for (const polygon of geometry.coordinates) {
		for (const turn of turns) {
			const rings = polygon
			    .map((ring) => closeOverPole(unwrap(ring)))
			    .map((ring) => clipRing(shift(ring, turn), frame))
			    .map((ring) => quantize(ring, units, true))
			    .filter((ring) => area(ring) > 0);

			if (rings.length > 0)
				found.push(rings);
		}
	}
	return found.sort((a, b) => area(b[0]) - area(a[0]));
}

function borderLines(geometry, { frame, units }) {
	return geometry.coordinates.flatMap((line) => turns.flatMap((turn) =>
	    clipLine(shift(unwrap(line), turn), frame)))
	    .map((line) => quantize(line, units, false))
	    .filter((line) => line.length > 1);
}

/* Steps must fit 16 bits: a longer one (along the frame) gets points on it. */
function withShortSteps(points) {
	const out = [];

	points.forEach(([x, y], i) => {
		const [px, py] = i ? points[i - 1] : [x, y];
		const parts = Math.ceil(Math.max(Math.abs(x - px),
		    Math.abs(y - py)) / 32767);

		for (let k = 1; k < parts; k++)
			out.push([Math.round(px + (x - px) * k / parts),
			    Math.round(py + (y - py) * k / parts)]);
		out.push([x, y]);
	});
	return out;
}

function encodeLine(kind, points) {
	const bytes = Buffer.alloc(32 + 4 * (points.length - 1));
	const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
	const low = (v) => v.reduce((a, b) => Math.min(a, b));
	const high = (v) => v.reduce((a, b) => Math.max(a, b));

	bytes.writeUInt8(kind, 0);
	bytes.writeUInt32LE(points.length, 4);
	[low(xs), low(ys), high(xs), high(ys), ...points[0]]
	    .forEach((v, i) => bytes.writeInt32LE(v, 8 + 4 * i));
	for (let i = 1; i < points.length; i++) {
		bytes.writeInt16LE(xs[i] - xs[i - 1], 28 + 4 * i);
		bytes.writeInt16LE(ys[i] - ys[i - 1], 30 + 4 * i);
	}
	return bytes;
}

function encode(land, borders, { frame, units }) {
	const lines = [];
	const header = Buffer.alloc(32);
	let points = 0;

	const add = (kind, line) => {
		line = withShortSteps(line);
		points += line.length;
		lines.push(encodeLine(kind, line));
	};

	for (const rings of land)
		rings.forEach((ring, i) => add(i ? HOLE : LAND, ring));
	for (const line of borders)
		add(BORDER, line);
	header.write("EBM1", 0, "latin1");
	header.writeUInt32LE(units, 4);
	frame.forEach((v, i) => header.writeInt32LE(v * units, 8 + 4 * i));
	header.writeUInt32LE(lines.length, 24);
	header.writeUInt32LE(points, 28);
	return Buffer.concat([header, ...lines]);
}

function geojson(land, borders, units) {
	const degrees = (line) => line.map((p) => p.map((v) => v / units));
	const ring = (line) => degrees([...line, line[0]]);
	const feature = (kind, type, coordinates) => ({
		type: "Feature", properties: { kind },
		geometry: { type, coordinates },
	});

	return JSON.stringify({
		type: "FeatureCollection",
		features: [
			feature("land", "MultiPolygon",
			    land.map((rings) => rings.map(ring))),
			feature("border", "MultiLineString",
			    borders.map(degrees)),
		],
	});
}

function main(outdir, modules) {
	const require = createRequire(join(resolve(modules), "x.js"));
	const topojson = require("topojson-client");

	mkdirSync(outdir, { recursive: true });
	for (const map of maps) {
		const atlas = (what) => JSON.parse(readFileSync(
		    join(modules, "world-atlas", `${what}-${map.scale}.json`)));
		const coast = atlas("land"), states = atlas("countries");
		const land = landPolygons(
		    topojson.merge(coast, coast.objects.land.geometries), map);
		const borders = borderLines(topojson.mesh(states,
		    states.objects.countries, (a, b) => a !== b), map);
		const name = join(outdir, `basemap_${map.name}`);

		writeFileSync(`${name}.bin`, encode(land, borders, map));
		writeFileSync(`${name}.json`,
		    geojson(land, borders, map.units));
	}
}

if (process.argv.length !== 4) {
	console.error("usage: node basemap.mjs OUTDIR NODE_MODULES");
	process.exit(2);
}
main(process.argv[2], process.argv[3]);
