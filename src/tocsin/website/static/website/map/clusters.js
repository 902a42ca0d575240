// What lies close together on the screen is one dot. Made once a zoom, for all the world: moving the map asks for
// nothing new. Pure.

const CELL = 56;
const NEAR = 48;

// Clusters of points at across/down (from 0 to 1) on a world `size` pixels wide: {x, y (pixels), rows}, largest first.
export function clusters(rows, across, down, size) {
  const cells = new Map();
  const wide = Math.ceil(size / CELL) + 1;
  for (const row of rows) {
    const x = across[row] * size;
    const y = down[row] * size;
    const key = Math.floor(y / CELL) * wide + Math.floor(x / CELL);
    const cell = cells.get(key);
    if (cell) {
      cell.x += x;
      cell.y += y;
      cell.rows.push(row);
    } else {
      cells.set(key, { x, y, rows: [row] });
    }
  }
  const found = [...cells.values()];
  for (const one of found) {
    one.x /= one.rows.length;
    one.y /= one.rows.length;
  }
  found.sort((one, other) => other.rows.length - one.rows.length);
  return merged(found);
}

// Two cells may have their points on either side of the line between them: the smaller joins the larger.
function merged(found) {
  const places = new Map();
  const kept = [];
  for (const one of found) {
    const cellX = Math.floor(one.x / NEAR);
    const cellY = Math.floor(one.y / NEAR);
    const near = neighbour(places, one, cellX, cellY);
    if (near) {
      near.rows.push(...one.rows);
      continue;
    }
    kept.push(one);
    const key = `${cellX} ${cellY}`;
    if (!places.has(key)) places.set(key, []);
    places.get(key).push(one);
  }
  return kept;
}

function neighbour(places, one, cellX, cellY) {
  for (let y = cellY - 1; y <= cellY + 1; y++) {
    for (let x = cellX - 1; x <= cellX + 1; x++) {
      for (const other of places.get(`${x} ${y}`) ?? []) {
        const room = radiusOf(other.rows.length) + radiusOf(one.rows.length);
        if (Math.hypot(other.x - one.x, other.y - one.y) < Math.min(room, NEAR)) return other;
      }
    }
  }
  return null;
}

export const radiusOf = (count) => (count === 1 ? 7 : Math.min(26, 11 + 1.6 * Math.log2(count)));
