// Reads the columns that rally_map/columns.py writes (docs/spec/points.md). Pure.

const STEPS = 10_000;
export const MAIN = 1, OVER = 2, CANCELLED = 4, POSTPONED = 8, IN_PERSON = 16, ONLINE = 32, APPROXIMATE = 64, SERIES = 4096;

function sums(steps, Kind, divisor = 1) {
  const found = new Kind(steps.length);
  let whole = 0;
  for (let i = 0; i < steps.length; i++) {
    whole += steps[i];
    found[i] = whole / divisor;
  }
  return found;
}

function addressOf(town, slug) {
  if (typeof slug === "string") return slug;
  const base = town.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return slug === 1 ? base : `${base}-${slug}`;
}

// Rows are numbers from 0; those from `placed` on have no place.
export function read(made) {
  return {
    size: made.town.length,
    placed: made.placed,
    lat: sums(made.lat, Float64Array, STEPS),
    lon: sums(made.lon, Float64Array, STEPS),
    start: sums(made.start, Float64Array),
    minutes: made.minutes,
    offset: made.offset,
    flags: made.flags,
    town: made.town,
    country: made.country.map((number) => made.countries[number]),
    countries: made.countries,
    address: (row) => addressOf(made.town[row], made.slug[row]),
    titles: (row) => made.titles[row],
  };
}

// The rows that `wanted` asks for: {when, country, how, access (bits)}; `now` in minutes since 1970.
export function chosen(points, wanted, now) {
  const rows = [];
  const isOver = wanted.when === "over";
  const until = wanted.when === "coming" || isOver ? Infinity : now + Number(wanted.when) * 1440;
  const how = { "in-person": IN_PERSON, online: ONLINE }[wanted.how] ?? 0;
  const bits = wanted.access | how;
  for (let row = 0; row < points.size; row++) {
    const ends = points.start[row] + points.minutes[row];
    if ((ends <= now) !== isOver || points.start[row] >= until) continue;
    if (wanted.country && points.country[row] !== wanted.country) continue;
    if ((points.flags[row] & bits) === bits) rows.push(row);
  }
  return rows;
}

// How far two places are apart on the round earth, in kilometres.
export function distance(lat1, lon1, lat2, lon2) {
  const rad = Math.PI / 180;
  const a = Math.sin(((lat2 - lat1) * rad) / 2) ** 2;
  const b = Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 12_742 * Math.asin(Math.sqrt(Math.min(1, a + b)));
}
