// Reads columns as the map in the browser does: prints what it understands of each row.
import { argv, stdin, stdout } from "node:process";
import { pathToFileURL } from "node:url";

const { read, chosen } = await import(pathToFileURL(argv[2]));
let given = "";
for await (const part of stdin) given += part;
const { made, wanted, now } = JSON.parse(given);
const points = read(made);
const rows = Array.from({ length: points.size }, (_, row) => ({
  address: points.address(row),
  town: points.town[row],
  country: points.country[row],
  lat: row < points.placed ? points.lat[row] : null,
  lon: row < points.placed ? points.lon[row] : null,
  start: points.start[row],
  minutes: points.minutes[row],
  offset: points.offset[row],
  flags: points.flags[row],
  title: points.titles(row) ?? {},
}));
stdout.write(JSON.stringify({ rows, chosen: wanted.map((one) => chosen(points, one, now)) }));
