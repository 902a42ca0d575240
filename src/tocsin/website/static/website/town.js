// Looks towns up while somebody types, on this server. Without it the form does the same in two steps:
// it comes back with the towns of that name to choose from.

const PAUSE = 150;

function watch(field) {
  const input = field.querySelector("input[name=town]");
  const asked = field.querySelector("[data-town-asked]");
  const list = field.querySelector("[data-town-list]");
  const clock = field.querySelector("[data-town-clock]");
  let number = field.querySelector("[data-town-number]");
  let found = [];
  let active = -1;
  let timer = 0;
  let latest = 0;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(place) {
    active = place;
    for (const [at, item] of [...list.children].entries()) item.setAttribute("aria-selected", String(at === place));
    const item = list.children[place];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    }
  }

  function choose(place) {
    const town = found[place];
    if (!town) return;
    field.querySelector("[data-town-offered]")?.remove();
    if (!number) {
      number = document.createElement("input");
      Object.assign(number, { type: "hidden", name: "city" });
      field.append(number);
    }
    input.value = town.where ? `${town.name}, ${town.where}` : town.name;
    asked.value = input.value;
    number.value = town.number;
    clock.textContent = clock.dataset.townClock.replace("ZONE", town.zone);
    close();
  }

  function show() {
    list.replaceChildren(
      ...found.map((town, at) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        const name = document.createElement("bdi");
        name.textContent = town.name;
        const where = document.createElement("span");
        where.textContent = ` ${town.where}`;
        item.append(name, where);
        // Before the field loses its focus, and the list with it.
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(at);
        });
        return item;
      }),
    );
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark(found.length > 0 ? 0 : -1);
  }

  async function look() {
    const typed = input.value.trim();
    const mine = ++latest;
    if (typed.length < 2) {
      close();
      return;
    }
    try {
      const answer = await fetch(`${field.dataset.town}?${new URLSearchParams({ q: typed })}`);
      const { places } = await answer.json();
      if (mine !== latest) return;
      found = places;
    } catch {
      // The form itself finds the town.
      return;
    }
    clock.textContent = found.length > 0 ? "" : field.dataset.townNone;
    show();
  }

  input.addEventListener("input", () => {
    if (number) number.value = "";
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark((active + step + found.length) % found.length);
    else if (event.key === "Enter") choose(active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

for (const field of document.querySelectorAll("[data-town]")) watch(field);
