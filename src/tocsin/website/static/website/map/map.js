// The map of rallies: dots and list say the same, both are filtered here, and where somebody is stays here too.

import { APPROXIMATE, CANCELLED, MAIN, ONLINE, OVER, POSTPONED, SERIES, chosen, distance, read } from "./points.js";
import { pointLayer } from "./layer.js";

const MINUTE = 60_000;
const PAUSE = 150;
const ROWS = 40;
const ROWS_IN_POPUP = 8;
const CLOSEST = 12;
const CLOSEST_STREETS = 18;

class Words {
  constructor(language) {
    const latin = { numberingSystem: "latn" };
    const moment = { ...latin, weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" };
    this.there = new Intl.DateTimeFormat(language, { ...moment, timeZone: "UTC" });
    this.here = new Intl.DateTimeFormat(language, moment);
    this.number = new Intl.NumberFormat(language, latin);
    this.far = new Intl.NumberFormat(language, { ...latin, style: "unit", unit: "kilometer", maximumSignificantDigits: 2 });
    this.countries = new Intl.DisplayNames(language, { type: "region" });
  }

  country(code) {
    if (!code) return "";
    return code === "XK" ? "Kosovo" : this.countries.of(code);
  }

  clock(offset) {
    const sign = offset < 0 ? "−" : "+";
    const rest = Math.abs(offset) % 60;
    return `UTC${sign}${Math.floor(Math.abs(offset) / 60)}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
  }
}

class Atlas {
  constructor(place, points, land) {
    this.place = place;
    this.points = points;
    this.words = new Words(place.dataset.language);
    this.position = null;
    this.most = ROWS;
    this.soon = null;
    this.rows = [];
    const part = (name) => place.querySelector(`[data-map-${name}]`);
    this.part = part;
    this.filters = part("filters");
    this._offerCountries();
    part("still").hidden = true;
    part("filters").hidden = part("both").hidden = false;
    this._makeMap(land);
    this.filters.addEventListener("change", (event) => {
      if ("mapStreets" in event.target.dataset) this._showStreets(event.target.checked);
      else this.filter({ moves: true });
    });
    this.filters.addEventListener("submit", (event) => event.preventDefault());
    part("near").addEventListener("click", () => this._findNear());
    part("more").addEventListener("click", () => this._showMore());
    this.filter({ moves: true });
  }

  wanted() {
    const form = new FormData(this.filters);
    const access = form.getAll("access").reduce((bits, one) => bits | Number(one), 0);
    return { when: form.get("when"), country: form.get("country"), how: form.get("how"), access };
  }

  filter({ moves = false } = {}) {
    const { points } = this;
    this.rows = chosen(points, this.wanted(), Date.now() / MINUTE);
    this.rows.sort((one, other) => points.start[one] - points.start[other]);
    this.layer.show(this.rows);
    this.map.closePopup();
    if (moves) this._fit();
    this._list();
  }

  _fit() {
    const { lat, lon, placed } = this.points;
    const bounds = L.latLngBounds([]);
    for (const row of this.rows) if (row < placed) bounds.extend([lat[row], lon[row]]);
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [24, 24], maxZoom: 7, animate: false });
  }

  _makeMap(land) {
    const here = this.part("here");
    const { zoomIn: zoomInTitle, zoomOut: zoomOutTitle } = this.place.dataset;
    const moves = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(here, {
      attributionControl: false,
      zoomControl: false,
      fadeAnimation: moves,
      zoomAnimation: moves,
      inertia: moves,
      zoomSnap: 0.5,
      minZoom: 0.5,
      maxZoom: CLOSEST,
      worldCopyJump: true,
      maxBounds: [[-85, -100_000], [85, 100_000]],
      maxBoundsViscosity: 0.8,
    }).setView([20, 10], 1);
    L.control.zoom({ zoomInTitle, zoomOutTitle }).addTo(this.map);
    const { flags } = this.points;
    this.layer = pointLayer(L, {
      land,
      points: this.points,
      isGone: (row) => Boolean(flags[row] & (CANCELLED | OVER)),
      isMain: (row) => Boolean(flags[row] & MAIN),
    }).addTo(this.map);
    this.map.on("click", ({ containerPoint }) => this._open(this.layer.dotAt(containerPoint)));
    this.map.on("mousemove", ({ containerPoint }) => {
      here.toggleAttribute("data-over-dot", this.layer.dotAt(containerPoint) !== null);
    });
    this.map.on("moveend", () => {
      // The list waits until the map is let go: who moves it on does not wait for the list.
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this._listAnew(), PAUSE);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.layer.repaint());
  }

  // Asks another host, so only for who has ticked the box that says so.
  _showStreets(isOn) {
    this.streets ??= streets(this.place.dataset.tiles);
    this.streets[isOn ? "addTo" : "removeFrom"](this.map);
    this.layer.showLand(!isOn);
    this.map.setMaxZoom(isOn ? CLOSEST_STREETS : CLOSEST);
    const credit = this.part("credit");
    if (credit) credit.hidden = !isOn;
  }

  _open(dot) {
    if (!dot) return;
    const { lat, lon } = this.points;
    const bounds = L.latLngBounds(dot.rows.map((row) => [lat[row], lon[row]]));
    const isApart = this.map.getBoundsZoom(bounds) > this.map.getZoom() && this.map.getZoom() < this.map.getMaxZoom();
    if (dot.rows.length > 1 && isApart) this.map.flyToBounds(bounds, { padding: [40, 40], duration: 0.6, maxZoom: CLOSEST });
    else this._popUp(dot.rows, dot.at);
  }

  _popUp(rows, at) {
    const content = document.createElement("div");
    content.lang = this.place.dataset.language;
    content.dir = document.documentElement.dir;
    for (const row of rows.slice(0, ROWS_IN_POPUP)) content.append(this._filled("popup", row));
    if (rows.length > ROWS_IN_POPUP) content.append(this.part("rest").content.cloneNode(true));
    const popup = L.popup({ maxWidth: 280, minWidth: 200, maxHeight: 260 }).setLatLng(at).setContent(content).openOn(this.map);
    popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", this.place.dataset.close);
  }

  _filled(template, row) {
    const { points, words } = this;
    const made = this.part(template).content.firstElementChild.cloneNode(true);
    const at = (name) => made.querySelector(`[data-${name}]`);
    const starts = points.start[row] * MINUTE;
    const offset = points.offset[row];
    const flags = points.flags[row];
    const titles = points.titles(row);
    const { language, title, rallies } = this.place.dataset;
    const own = titles && (titles[language] ?? Object.values(titles)[0]);
    at("there").textContent = words.there.format(starts + offset * MINUTE);
    at("there").dateTime = new Date(starts).toISOString();
    at("clock").textContent = words.clock(offset);
    at("link").textContent = own ?? (points.town[row] || title);
    at("link").href = `${rallies}${points.address(row)}/`;
    at("where").textContent = [own && points.town[row], words.country(points.country[row])].filter(Boolean).join(", ");
    const now = Date.now();
    const is = {
      cancelled: flags & CANCELLED,
      postponed: flags & POSTPONED,
      main: flags & MAIN,
      online: flags & ONLINE,
      approximate: flags & APPROXIMATE,
      series: flags & SERIES,
      over: starts + points.minutes[row] * MINUTE <= now,
      now: !(flags & (CANCELLED | POSTPONED)) && starts <= now && now < starts + points.minutes[row] * MINUTE,
      elsewhere: -new Date(starts).getTimezoneOffset() !== offset,
      far: this.position && row < points.placed,
    };
    for (const one of made.querySelectorAll("[data-is]")) one.hidden = !is[one.dataset.is];
    at("here").textContent = words.here.format(starts);
    if (is.far) made.querySelector("[data-is=far]").textContent = words.far.format(this._away(row));
    return made;
  }

  // What the map shows, and what has no place on any map.
  _list() {
    const { points, words } = this;
    const { lat, lon, placed } = points;
    const seen = this.map.getBounds();
    const [south, north, west] = [seen.getSouth(), seen.getNorth(), seen.getWest()];
    const wide = seen.getEast() - west;
    // The world goes on to the east: how far a place lies east of the window's edge says whether it is seen.
    const isSeen = (row) =>
      row >= placed || (lat[row] >= south && lat[row] <= north && (((lon[row] - west) % 360) + 360) % 360 <= wide);
    // What is online alone stands behind all that has a place here.
    const seenRows = this.rows.filter(isSeen);
    const rows = [...seenRows.filter((row) => row < points.placed), ...seenRows.filter((row) => row >= points.placed)];
    if (this.position) rows.sort((one, other) => this._away(one) - this._away(other));
    const count = words.number.format(rows.length);
    // Left alone when it is the same: a screen reader would read it out again.
    if (this.part("count").textContent !== count) this.part("count").textContent = count;
    this.part("sun").hidden = this.position !== null || rows.length < 2;
    this.part("nearest").hidden = this.position === null;
    this.listed = rows;
    this._replaceRows(rows.slice(0, this.most));
    this.part("more").hidden = rows.length <= this.most;
  }

  // A window that is zoomed or turned makes the list anew: who stands on a button of it stays there.
  _replaceRows(rows) {
    const list = this.part("list");
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    const name = held?.matches("[data-show]") ? "show" : "link";
    const row = held?.closest("[data-row]").dataset.row;
    list.replaceChildren(...rows.map((one) => this._row(one)));
    if (held) list.querySelector(`[data-row="${row}"] [data-${name}]`)?.focus({ preventScroll: true });
  }

  _listAnew() {
    clearTimeout(this.soon);
    this.soon = null;
    this.most = ROWS;
    this._list();
  }

  _showMore() {
    // Else the list would shrink again under the reader's hand.
    if (this.soon !== null) this._listAnew();
    const first = this.most;
    this.most += ROWS;
    this.part("list").append(...this.listed.slice(first, this.most).map((row) => this._row(row)));
    this.part("more").hidden = this.listed.length <= this.most;
    this.part("list").children[first]?.querySelector("a").focus();
  }

  _row(row) {
    const made = this._filled("row", row);
    made.dataset.row = row;
    const show = made.querySelector("[data-show]");
    show.hidden = row >= this.points.placed;
    show.setAttribute("aria-label", `${show.textContent}: ${made.querySelector("[data-link]").textContent}`);
    show.addEventListener("click", () => this._showOnMap(row));
    return made;
  }

  _showOnMap(row) {
    const at = [this.points.lat[row], this.points.lon[row]];
    this.map.setView(at, Math.max(8, this.map.getZoom()), { animate: false });
    this._popUp([row], at);
    this.part("here").focus({ preventScroll: true });
    this.part("here").scrollIntoView({ block: "nearest" });
  }

  _away(row) {
    if (row >= this.points.placed) return Infinity;
    return distance(...this.position, this.points.lat[row], this.points.lon[row]);
  }

  _findNear() {
    this.part("lost").hidden = true;
    const lost = () => {
      this.part("lost").hidden = false;
    };
    if (!navigator.geolocation) {
      lost();
      return;
    }
    navigator.geolocation.getCurrentPosition(({ coords }) => this._near(coords.latitude, coords.longitude), lost, {
      maximumAge: 600_000,
      timeout: 20_000,
    });
  }

  _near(lat, lon) {
    this.position = [lat, lon];
    this.layer.showHere(lat, lon);
    const near = this.rows.filter((row) => row < this.points.placed).sort((one, other) => this._away(one) - this._away(other));
    const bounds = L.latLngBounds([[lat, lon]]);
    for (const row of near.slice(0, 5)) bounds.extend([this.points.lat[row], this.points.lon[row]]);
    this.map.fitBounds(bounds, { padding: [40, 40], maxZoom: 9, animate: false });
    this._list();
  }

  _offerCountries() {
    const { countries, size, country } = this.points;
    const there = new Set(Array.from({ length: size }, (_, row) => country[row]));
    const named = countries.filter((code) => code && there.has(code)).map((code) => [this.words.country(code), code]);
    named.sort(([one], [other]) => one.localeCompare(other, this.place.dataset.language));
    this.filters.elements.country.append(...named.map(([name, code]) => new Option(name, code)));
  }
}

function streets(template) {
  // Leaflet empties what it no longer wants by way of a data: address, which our policy forbids: such tiles just go.
  const Streets = L.TileLayer.extend({
    _abortLoading() {},
    _removeTile(key) {
      return L.GridLayer.prototype._removeTile.call(this, key);
    },
  });
  return new Streets(template, { maxZoom: CLOSEST_STREETS });
}

async function fetched(path) {
  const answer = await fetch(path, { credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

for (const place of document.querySelectorAll("[data-map]")) {
  try {
    const [made, land] = await Promise.all([fetched(place.dataset.points), fetched(place.dataset.world)]);
    place.atlas = new Atlas(place, read(made), land);
  } catch (error) {
    place.querySelector("[data-map-broken]").hidden = false;
    throw error;
  }
}
