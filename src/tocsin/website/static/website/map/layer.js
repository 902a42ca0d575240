// Land and dots on one canvas that Leaflet moves and zooms. It reaches beyond the window's edges and is drawn anew when
// a move ends or leaves it: between, a phone only shifts a picture.

import { acrossOf, downOf, outlines } from "./world.js";
import { clusters, radiusOf } from "./clusters.js";

const TILE = 256;
const MOST_LABELS = 90;
const ICE = -60;
const COLOURS = { sea: "--sea", land: "--land", line: "--line", dot: "--dot", gone: "--gone", paper: "--paper", ink: "--ink" };

export function pointLayer(L, { land, points, isGone, isMain }) {
  const across = Float64Array.from(points.lon, acrossOf);
  const down = Float64Array.from(points.lat, downOf);
  // This map would stretch the ice around the pole along its whole edge: it is drawn for a rally there alone.
  const world = land && outlines(land, points.lat.some((lat) => lat < ICE) ? -90 : ICE);

  const Layer = L.Renderer.extend({
    options: { padding: 0.25 },
    rows: [],
    made: new Map(),
    dots: [],
    here: null,
    hasLand: true,

    show(rows) {
      this.rows = rows.filter((row) => row < points.placed);
      this.made.clear();
      if (this._map) this._update();
    },

    showHere(lat, lon) {
      this.here = [acrossOf(lon), downOf(lat)];
      this._update();
    },

    showLand(isShown) {
      this.hasLand = isShown;
      this._update();
    },

    // The dot at a place in the window, or null.
    dotAt({ x, y }) {
      const { min } = this._bounds;
      const at = this._map.containerPointToLayerPoint([x, y]);
      let found = null;
      for (const dot of this.dots) {
        const away = Math.hypot(dot.x + min.x - at.x, dot.y + min.y - at.y);
        if (away < Math.max(dot.radius, 14) && (!found || away < found.away)) found = { ...dot, away };
      }
      return found && { rows: found.rows, at: this._map.layerPointToLatLng([found.x + min.x, found.y + min.y]) };
    },

    repaint() {
      this.colours = null;
      this._update();
    },

    getEvents() {
      return { ...L.Renderer.prototype.getEvents.call(this), move: this._moved };
    },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
    },

    _destroyContainer() {
      this._container.remove();
    },

    _moved() {
      const seen = this._map.getSize();
      const min = this._map.containerPointToLayerPoint([0, 0]);
      if (this._bounds && !this._bounds.contains(L.bounds(min, min.add(seen))) && !this._map._animatingZoom) this._update();
    },

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const sharp = this.sharp = Math.min(2, window.devicePixelRatio || 1);
      const canvas = this._container;
      canvas.width = size.x * sharp;
      canvas.height = size.y * sharp;
      L.DomUtil.setTransform(canvas, this._bounds.min, 1 / sharp);
      this._draw(canvas.getContext("2d"), sharp, size);
    },

    // As Leaflet's own, for a canvas that has more pixels than it is wide.
    _updateTransform(center, zoom) {
      const scale = this._map.getZoomScale(zoom, this._zoom);
      const half = this._map.getSize().multiplyBy(0.5 + this.options.padding);
      const middle = this._map.project(this._center, zoom);
      const corner = half.multiplyBy(-scale).add(middle).subtract(this._map._getNewPixelOrigin(center, zoom));
      L.DomUtil.setTransform(this._container, corner, scale / this.sharp);
    },

    _draw(pen, sharp, size) {
      const whole = TILE * 2 ** this._map.getZoom();
      const corner = this._map.getPixelOrigin().add(this._bounds.min);
      this.colours ??= this._readColours();
      const first = Math.floor(corner.x / whole);
      const last = Math.floor((corner.x + size.x) / whole);
      this.dots = [];
      for (let turn = first; turn <= last; turn++) {
        if (world && this.hasLand) this._drawLand(pen, sharp, turn * whole - corner.x, -corner.y, whole);
        this._findDots(turn * whole - corner.x, -corner.y, whole, size);
      }
      pen.setTransform(sharp, 0, 0, sharp, 0, 0);
      this._drawDots(pen);
      if (this.here) this._drawHere(pen, corner, whole, first, last);
    },

    _drawLand(pen, sharp, x, y, whole) {
      pen.setTransform(sharp * whole, 0, 0, sharp * whole, sharp * x, sharp * y);
      pen.fillStyle = this.colours.land;
      pen.fill(world.land);
      pen.strokeStyle = this.colours.line;
      pen.lineWidth = 1 / whole;
      pen.stroke(world.borders);
    },

    _findDots(shiftX, shiftY, whole, size) {
      if (!this.made.has(whole)) this.made.set(whole, clusters(this.rows, across, down, whole));
      for (const one of this.made.get(whole)) {
        const x = one.x + shiftX;
        const y = one.y + shiftY;
        if (x > -30 && y > -30 && x < size.x + 30 && y < size.y + 30) {
          this.dots.push({ x, y, rows: one.rows, radius: radiusOf(one.rows.length) });
        }
      }
    },

    _drawDots(pen) {
      const { dot, gone, paper } = this.colours;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      for (const one of this.dots) {
        pen.beginPath();
        pen.arc(one.x, one.y, one.radius, 0, 2 * Math.PI);
        pen.fillStyle = one.rows.every(isGone) ? gone : dot;
        pen.fill();
        pen.strokeStyle = paper;
        pen.lineWidth = 1.5;
        pen.stroke();
        if (one.rows.some(isMain)) this._ring(pen, one, one.radius + 4);
        if (one.rows.length > 1) {
          pen.fillStyle = paper;
          pen.font = `800 ${one.rows.length < 1000 ? 13 : 14}px system-ui, sans-serif`;
          pen.fillText(one.rows.length, one.x, one.y + 0.5);
        }
      }
      this._drawNames(pen);
    },

    // Names of towns beside lone dots, where there is room for them.
    _drawNames(pen) {
      const lone = this.dots.filter((one) => one.rows.length === 1);
      if (lone.length > MOST_LABELS || this._map.getZoom() < 4) return;
      const taken = this.dots.map((one) => [one.x - one.radius, one.y - one.radius, one.x + one.radius, one.y + one.radius]);
      pen.textAlign = "left";
      pen.font = "600 13px system-ui, sans-serif";
      pen.lineJoin = "round";
      for (const one of lone) {
        const name = points.town[one.rows[0]];
        const box = [one.x + 10, one.y - 9, one.x + 14 + pen.measureText(name).width, one.y + 9];
        if (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) continue;
        taken.push(box);
        pen.strokeStyle = this.colours.land;
        pen.lineWidth = 4;
        pen.strokeText(name, box[0] + 2, one.y);
        pen.fillStyle = this.colours.ink;
        pen.fillText(name, box[0] + 2, one.y);
      }
    },

    _drawHere(pen, corner, whole, first, last) {
      for (let turn = first; turn <= last; turn++) {
        const at = { x: (this.here[0] + turn) * whole - corner.x, y: this.here[1] * whole - corner.y };
        this._ring(pen, at, 10);
        this._ring(pen, at, 3);
      }
    },

    _ring(pen, { x, y }, radius) {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.strokeStyle = this.colours.ink;
      pen.lineWidth = 2;
      pen.stroke();
    },

    _readColours() {
      const set = getComputedStyle(this._map.getContainer());
      return Object.fromEntries(Object.entries(COLOURS).map(([name, of]) => [name, set.getPropertyValue(of).trim()]));
    },
  });
  return new Layer();
}
