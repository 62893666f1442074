// What agents paste when they mean a place.
import { expect, test } from "vitest";

import { isShortLink, spotIn } from "./coordinates";

const AT = { latitude: 32.0853, longitude: 34.7818, name: null };

test.each([
  ["32.0853, 34.7818", AT],
  ["32.0853 34.7818", AT],
  ["(32.0853,34.7818)", AT],
  ["32.0853°, 34.7818°", AT],
  ["−33.8688, 151.2093", { latitude: -33.8688, longitude: 151.2093, name: null }],
  ["geo:32.0853,34.7818?z=17", AT],
  [`32°05'07.1"N 34°46'54.3"E`, { latitude: 32.085306, longitude: 34.78175, name: null }],
  ["https://maps.google.com/?q=32.0853,34.7818", AT],
  ["https://www.google.com/maps?q=loc:32.0853,34.7818", AT],
  ["https://www.google.com/maps/search/?api=1&query=32.0853%2C34.7818", AT],
  ["https://www.google.com/maps/@32.0853,34.7818,17z", AT],
  ["www.google.com/maps/place/Habima+Square/@32.07,34.77,17z/data=!3m1!4b1!4m6!3m5!8m2!3d32.0853!4d34.7818", { ...AT, name: "Habima Square" }],
  ["https://www.google.com/maps/place/%D7%94%D7%91%D7%99%D7%9E%D7%94/@32.0853,34.7818,17z", { ...AT, name: "הבימה" }],
  ["https://maps.apple.com/?ll=32.0853,34.7818&q=Habima", { ...AT, name: "Habima" }],
  ["https://www.openstreetmap.org/?mlat=32.0853&mlon=34.7818#map=16/32.1/34.8", AT],
  ["https://www.openstreetmap.org/#map=16/32.0853/34.7818", AT],
  ["https://waze.com/ul?ll=32.0853%2C34.7818&navigate=yes", AT],
  ["https://www.bing.com/maps?cp=32.0853~34.7818", AT],
])("%s is a place", (text, spot) => {
  expect(spotIn(text)).toEqual(spot);
});

test.each(["", "Dizengoff 50", "91, 0", "0, 181", "32.0853", "https://acme.test/shop", "https://www.google.com/maps/place/%E0%A4%A/data", "054-555-0182"])("%j is none", (text) => {
  expect(spotIn(text)).toBeNull();
});

test("a short link does not say where it leads", () => {
  expect(["https://maps.app.goo.gl/abc123", "https://waze.com/ul/hsv8wrx", "https://waze.com/ul?ll=1,2", "1, 2"].map(isShortLink)).toEqual([true, true, false, false]);
});
