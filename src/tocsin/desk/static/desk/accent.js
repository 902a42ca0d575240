// Shows, while a colour is being chosen, what the public pages make of it: the same steps as
// website/colours.py (WCAG 2.2, definitions of relative luminance and contrast ratio).

const PAPER = [255, 255, 255];
const NIGHT = [18, 19, 22];
const READABLE = 4.6;
const STEPS = 50;

const channels = (hex) => [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
const css = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;
const mixed = (one, other, part) => one.map((value, place) => value + (other[place] - value) * part);

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function towards(colour, end, background) {
  for (let step = 0; step <= STEPS; step += 1) {
    const shade = mixed(colour, end, step / STEPS);
    if (contrast(shade, background) >= READABLE) return shade;
  }
  return end;
}

function show(preview, accent) {
  const letters = contrast(accent, PAPER) >= READABLE ? PAPER : NIGHT;
  const fill = (name, colour) => preview.querySelector(`[data-accent-${name}]`).setAttribute("fill", css(colour));
  fill("fill", accent);
  fill("letters", letters);
  fill("light", towards(accent, [0, 0, 0], PAPER));
  fill("dark", towards(accent, [255, 255, 255], NIGHT));
  const ratio = preview.querySelector("[data-accent-ratio]");
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  ratio.textContent = ratio.dataset.accentRatio.replace("{ratio}", number.format(contrast(accent, letters)));
}

const field = document.querySelector("[data-accent]");
const preview = document.querySelector("[data-accent-preview]");
if (field && preview) {
  const update = () => show(preview, channels(field.value));
  field.addEventListener("input", update);
  preview.hidden = false;
  update();
}
