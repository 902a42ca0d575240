// Shows, while a colour is being chosen, what the public pages make of it by day and by night.
// The same steps as website/colours.py, number for number; a browser test holds the two together.

const PAPER = "#ffffff";
const WASH = "#f1f1ee";
const DUSK = "#1d1f23";
const INK = "#121316";
const BLACK = "#000000";
const READABLE = 5;
const ENOUGH = 4.5;
const STEPS = 50;

const channels = (hex) => [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
const hexOf = (parts) => `#${parts.map((part) => Math.round(part * 255).toString(16).padStart(2, "0")).join("")}`;

// Relative luminance and contrast ratio (WCAG 2.2, definitions).
function luminance(colour) {
  const [red, green, blue] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function hueLightnessSaturation(colour) {
  const parts = channels(colour).map((value) => value / 255);
  const [red, green, blue] = parts;
  const most = Math.max(...parts);
  const least = Math.min(...parts);
  const lightness = (most + least) / 2;
  const range = most - least;
  if (range === 0) return [0, lightness, 0];
  const saturation = lightness <= 0.5 ? range / (most + least) : range / (2 - most - least);
  const turn = most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  return [(turn / 6 + 1) % 1, lightness, saturation];
}

function fromHueLightnessSaturation(hue, lightness, saturation) {
  if (saturation === 0) return hexOf([lightness, lightness, lightness]);
  const high = lightness <= 0.5 ? lightness * (1 + saturation) : lightness + saturation - lightness * saturation;
  const low = 2 * lightness - high;
  const channel = (at) => {
    const turn = (at + 1) % 1;
    if (turn < 1 / 6) return low + (high - low) * turn * 6;
    if (turn < 1 / 2) return high;
    return turn < 2 / 3 ? low + (high - low) * (2 / 3 - turn) * 6 : low;
  };
  return hexOf([channel(hue + 1 / 3), channel(hue), channel(hue - 1 / 3)]);
}

function readable(colour, isDarker, ground) {
  const [hue, lightness, saturation] = hueLightnessSaturation(colour);
  for (let step = 0; step < STEPS; step += 1) {
    const part = step / STEPS;
    const shade = isDarker ? lightness * (1 - part) : lightness + (1 - lightness) * part;
    const found = fromHueLightnessSaturation(hue, shade, saturation);
    if (contrast(found, ground) >= READABLE) return found;
  }
  return isDarker ? BLACK : PAPER;
}

function lettersOn(field) {
  if (contrast(field, PAPER) >= ENOUGH) return PAPER;
  return contrast(field, INK) >= ENOUGH ? INK : BLACK;
}

function coloursOf(accent) {
  const letters = lettersOn(accent);
  const nightText = readable(accent, false, DUSK);
  const staysDark = letters === PAPER;
  return {
    "day-field": accent,
    "day-letters": letters,
    "day-text": readable(accent, true, WASH),
    "night-field": staysDark ? accent : DUSK,
    "night-letters": staysDark ? PAPER : nightText,
    "night-text": nightText,
  };
}

function show(preview, accent) {
  const colours = coloursOf(accent);
  for (const part of preview.querySelectorAll("[data-colour]")) {
    part.setAttribute("fill", colours[part.dataset.colour]);
  }
  const ratio = preview.querySelector("[data-ratio]");
  const number = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn", maximumFractionDigits: 1 });
  const found = number.format(contrast(colours["day-field"], colours["day-letters"]));
  ratio.textContent = ratio.dataset.ratio.replace("{ratio}", found);
}

const field = document.querySelector("[data-accent]");
const preview = document.querySelector("[data-accent-preview]");
if (field && preview) {
  const update = () => show(preview, field.value);
  field.addEventListener("input", update);
  preview.hidden = false;
  update();
}
