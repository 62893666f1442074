// Where a place is, from what an agent pastes: two numbers, or a map's link. Read here, and asked of nobody.

export interface Spot {
  latitude: number;
  longitude: number;
  /** What the link calls it. */
  name: string | null;
}

const NUMBER = String.raw`[-+−]?\d{1,3}(?:\.\d+)?`;
const PAIR = new RegExp(String.raw`^\s*\(?\s*(${NUMBER})\s*°?\s*(?:[,;/]|\s)\s*(${NUMBER})\s*°?\s*\)?\s*$`);
/** `32°05'07.1"N 34°46'54.3"E`, as Google Maps shows a point. */
const DEGREES = /^\s*(\d{1,3})°\s*(?:(\d{1,2})['′’]\s*)?(?:(\d{1,2}(?:\.\d+)?)["″”]\s*)?([NS])[\s,]+(\d{1,3})°\s*(?:(\d{1,2})['′’]\s*)?(?:(\d{1,2}(?:\.\d+)?)["″”]\s*)?([EW])\s*$/i;
/** Links that say nothing by themselves: their server says where they lead. */
const SHORT = /^(?:https?:\/\/)?(?:maps\.app\.goo\.gl|goo\.gl|waze\.com\/ul\/h)/i;
/** Where the maps of Apple, Google, OpenStreetMap and Waze write a point, surest first: `ll` may be where one looks, `q` is what one looks at. */
const NAMED = ["query", "destination", "daddr", "q", "coordinate", "ll", "sll", "center", "cp", "to"];

export function isShortLink(text: string): boolean {
  return SHORT.test(text.trim()) && spotIn(text) === null;
}

/** `null`: no place can be read from it. */
export function spotIn(text: string): Spot | null {
  const said = text.trim();
  return ofPair(said) ?? ofDegrees(said) ?? ofLink(said);
}

function spot(latitude: number, longitude: number, name: string | null = null): Spot | null {
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return isOnEarth ? { latitude, longitude, name } : null;
}

function ofPair(text: string): Spot | null {
  const pair = PAIR.exec(text);
  return pair === null ? null : spot(numberOf(pair[1]), numberOf(pair[2]));
}

const numberOf = (text: string | undefined) => Number((text ?? "").replace("−", "-"));

function ofDegrees(text: string): Spot | null {
  const found = DEGREES.exec(text);
  if (found === null) return null;
  const [, latitude, latitudeMinutes, latitudeSeconds, half, longitude, longitudeMinutes, longitudeSeconds, side] = found;
  const whole = (degrees?: string, minutes?: string, seconds?: string) => Number(degrees) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3_600;
  const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
  const north = round(whole(latitude, latitudeMinutes, latitudeSeconds)) * (half?.toUpperCase() === "S" ? -1 : 1);
  return spot(north, round(whole(longitude, longitudeMinutes, longitudeSeconds)) * (side?.toUpperCase() === "W" ? -1 : 1));
}

function ofLink(text: string): Spot | null {
  const link = addressOf(text);
  if (link === null) return null;
  if (link.protocol === "geo:") return ofPair(link.pathname.split(";")[0] ?? "");
  const name = nameIn(link);
  const asked = NAMED.map((key) => ofPair(bare(link.searchParams.get(key) ?? ""))).find((found) => found != null);
  const marked = ofPair(`${link.searchParams.get("mlat") ?? ""},${link.searchParams.get("mlon") ?? ""}`);
  const [pin, view, openStreet] = [/!3d([-\d.]+)!4d([-\d.]+)/, /@([-\d.]+),([-\d.]+)/, /^#map=[\d.]+\/([-\d.]+)\/([-\d.]+)/].map((pattern, index) => pattern.exec(index === 2 ? link.hash : link.pathname));
  const written = [pin, view, openStreet].map((found) => (found == null ? null : spot(Number(found[1]), Number(found[2]))));
  const found = written[0] ?? marked ?? asked ?? written[1] ?? written[2] ?? null;
  return found === null ? null : { ...found, name };
}

/** Without what Google and Waze write before a pair; Bing puts a tilde into it. */
const bare = (pair: string) => pair.replace(/^(?:ll|loc)[.:]/, "").replace("~", ",");

function addressOf(text: string): URL | null {
  try {
    const url = new URL(/^(?:https?|geo):/i.test(text) ? text : /^[\w.-]+\.\w{2,}\//.test(text) ? `https://${text}` : "");
    return url;
  } catch {
    return null;
  }
}

/** Google writes a place's name into its path, Apple asks for it. */
function nameIn(link: URL): string | null {
  const inPath = /\/maps\/place\/([^/@]+)/.exec(link.pathname)?.[1];
  const said = inPath === undefined ? (link.searchParams.get("q") ?? "") : plain(inPath.replace(/\+/g, " "));
  return said === "" || ofPair(bare(said)) !== null || DEGREES.test(said) ? null : said;
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
