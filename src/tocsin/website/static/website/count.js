// Keeps the number on an open page up to date: asks count.json every few seconds, only while
// the page is being looked at, and ever more rarely while nothing happens or nothing answers.

const SHORTEST = 5_000;
const LONGEST = 60_000;
const A_SECOND = 1_000;

function move(stop, count, coming) {
  const goal = Number(stop.dataset.countStop);
  const standing = count >= goal ? "reached" : goal === coming ? "next" : "later";
  stop.dataset.standing = standing;
  stop.querySelector("[data-count-rise]").setAttribute("height", count);
  for (const word of stop.querySelectorAll("[data-when]")) word.hidden = word.dataset.when !== standing;
}

function follow(tally) {
  const number = tally.querySelector("[data-count-number]");
  const goal = tally.querySelector("[data-count-goal]");
  const way = tally.querySelector("[data-count-way]");
  const bars = document.querySelectorAll("[data-count-bar]");
  const stops = document.querySelectorAll("[data-count-stop]");
  const words = new Intl.NumberFormat(tally.dataset.countLanguage, { numberingSystem: "latn", useGrouping: "always" });
  let seen = null;
  let wait = SHORTEST;
  let next = 0;

  function write(place, value) {
    const text = words.format(value);
    // Left alone when it is the same: a screen reader would read it out again.
    if (place && place.textContent !== text) place.textContent = text;
  }

  function show({ count, goal: coming, signs, withdrawals }) {
    write(number, count);
    for (const place of document.querySelectorAll("[data-count-too]")) write(place, count);
    write(tally.querySelector("[data-count-signs]"), signs);
    write(tally.querySelector("[data-count-withdrawals]"), withdrawals);
    if (goal && way) {
      goal.textContent = words.format(coming);
      way.max = coming;
    }
    if ("countSoFar" in tally.dataset) tally.dataset.countSoFar = count;
    for (const bar of bars) bar.value = Math.min(count, bar.max);
    for (const stop of stops) move(stop, count, coming);
  }

  async function look() {
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(tally.dataset.count, { credentials: "omit" });
        if (!answer.ok) throw new Error(String(answer.status));
        const now = await answer.json();
        wait = now.count === seen ? Math.min(wait * 1.5, LONGEST) : SHORTEST;
        // The first answer counts too: the number may have moved since the page was made.
        if (now.count !== seen) show(now);
        seen = now.count;
      } catch {
        wait = Math.min(wait * 2, LONGEST);
      }
    }
    // A little chance in it, so that a thousand pages opened at once do not ask at once for ever.
    lookIn(wait * (0.8 + 0.4 * Math.random()));
  }

  function lookIn(milliseconds) {
    clearTimeout(next);
    next = setTimeout(look, milliseconds);
  }

  document.addEventListener("visibilitychange", () => {
    wait = SHORTEST;
  });
  // A receipt has come onto the page: the number that holds this signature is there, or will be in a second.
  document.addEventListener("tocsin:more", () => lookIn(A_SECOND));
  lookIn(SHORTEST * Math.random());
}

for (const tally of document.querySelectorAll("[data-count]")) follow(tally);
