// Adds the visitor's own time of day to a moment that is written in UTC. Nothing is sent, and nothing counts down.

for (const element of document.querySelectorAll("time[data-own-time]")) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime()) || moment.getTimezoneOffset() === 0) continue;
  const own = moment.toLocaleString(document.documentElement.lang, {
    weekday: "short", hour: "2-digit", minute: "2-digit",
  });
  element.append(` (${element.dataset.ownTime.replace("#", own)})`);
}
