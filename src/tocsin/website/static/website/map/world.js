// The world's outlines, and where a place lies on the flat square that web maps are made of (Web Mercator, EPSG:3857):
// from 0 to 1, to the east and to the south.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));
const HIGHEST = 85.0511287798;

export const acrossOf = (lon) => lon / 360 + 0.5;

export function downOf(lat) {
  const sin = Math.sin((Math.max(-HIGHEST, Math.min(HIGHEST, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

// The whole numbers of one line: digits of five bits, the lowest first, with the sign in the lowest bit.
export function numbers(words) {
  const found = [];
  let number = 0;
  let shift = 0;
  for (const digit of words) {
    const value = VALUES.get(digit);
    number |= (value & 31) << shift;
    shift += 5;
    if (value & 32) continue;
    found.push(number & 1 ? ~(number >> 1) : number >> 1);
    number = shift = 0;
  }
  return found;
}

function drawn(lines, steps, northOf) {
  const path = new Path2D();
  for (const words of lines.split(" ")) {
    const all = numbers(words);
    if (highest(all) < northOf * steps) continue;
    let x = 0;
    let y = 0;
    for (let i = 0; i < all.length; i += 2) {
      x += all[i];
      y += all[i + 1];
      path[i ? "lineTo" : "moveTo"](acrossOf(x / steps), downOf(y / steps));
    }
  }
  return path;
}

function highest(all) {
  let y = 0;
  let top = -Infinity;
  for (let i = 1; i < all.length; i += 2) top = Math.max(top, (y += all[i]));
  return top;
}

// Paths of land and of the lines between countries; land that ends south of `northOf` degrees is left out.
export function outlines(made, northOf) {
  return { land: drawn(made.land, made.steps, northOf), borders: drawn(made.borders, made.steps, northOf) };
}
