// Where everything of a map lies. The place follows from names and links alone, so that the map looks
// the same tomorrow. A few products are lists of names, one box for each domain, beside or below what it
// is made of; many are a spiral for each domain.
const GOLDEN = Math.PI * (3 - Math.sqrt(5));
const STEP = 30;
const [FEW, FEW_DOMAINS] = [40, 15];
export const ROW = 30;
const [BESIDE, BELOW, MARGIN] = [90, 60, 60];

export function laidOut({ domains, products, links }, room = 0) {
  const groups = domains.map((domain) => ({ ...domain, products: products.filter((product) => product.domain === domain.name) }))
    .filter((group) => group.products.length);
  return products.length <= FEW && groups.length <= FEW_DOMAINS ? asLists(groups, links, room) : asSpirals(groups);
}

// Left of a domain stand those that feed it; where that is too wide for the page, columns are put together.
function asLists(groups, links, room) {
  for (const group of groups) {
    const longest = Math.max(...group.products.map((product) => product.title.length), (group.title ?? "").length);
    Object.assign(group, { w: longest * 7.6 + 54, h: group.products.length * ROW + 20 });
  }
  const layers = layered(groups, links);
  const wide = (columns) => columns.reduce((sum, column) => sum + Math.max(...column.map((group) => group.w)) + BESIDE, MARGIN);
  let columns = layers;
  while (room && columns.length > 1 && wide(columns) > room * 1.2) columns = together(layers, columns.length - 1);
  const tall = (column) => column.reduce((sum, group) => sum + group.h + BELOW, -BELOW);
  const height = Math.max(...columns.map(tall)) + 2 * MARGIN;
  let x = MARGIN;
  const lanes = [];
  for (const [at, column] of columns.entries()) {
    const w = Math.max(...column.map((group) => group.w));
    let y = (height - tall(column)) / 2 + 10;
    lanes.push({ x, right: x + w, free: [{ y: y - 34, used: 0, step: -4 }] });
    for (const group of column) {
      Object.assign(group, { x, y, at });
      group.products.forEach((product, n) => Object.assign(product, { x: x + 20, y: y + 25 + n * ROW, r: 6, right: x + group.w, at }));
      lanes[at].free.push({ y: y + group.h + 8, used: 0, step: 4 });
      y += group.h + BELOW;
    }
    x += w + BESIDE;
  }
  const byId = new Map(groups.flatMap((group) => group.products).map((product) => [product.id, product]));
  for (const link of links) link.path = path(byId.get(link.from), byId.get(link.to), lanes);
  return { groups, few: true, width: x - BESIDE + MARGIN, height };
}

// Columns of domains: each one right of all that feed it, as far as they do not feed one another.
function layered(groups, links) {
  const home = new Map(groups.flatMap((group) => group.products.map((product) => [product.id, group])));
  const feeders = new Map(groups.map((group) => [group, new Set()]));
  for (const { from, to } of links) if (home.has(from) && home.has(to) && home.get(from) !== home.get(to)) feeders.get(home.get(to)).add(home.get(from));
  const [depth, open] = [new Map(), new Set()];
  const deep = (group) => {
    if (depth.has(group) || open.has(group)) return depth.get(group) ?? -1;
    open.add(group);
    depth.set(group, 1 + Math.max(-1, ...[...feeders.get(group)].map(deep)));
    return depth.get(group);
  };
  const columns = [];
  for (const group of groups) (columns[deep(group)] ??= []).push(group);
  const found = columns.filter(Boolean);
  for (const [n, column] of found.entries()) {
    const place = (group) => {
      const near = [...feeders.get(group)].map((feeder) => found[n - 1]?.indexOf(feeder) ?? -1).filter((index) => index >= 0);
      return near.length ? near.reduce((sum, index) => sum + index, 0) / near.length : column.length;
    };
    column.sort((a, b) => place(a) - place(b));
  }
  return found;
}

function together(layers, most) {
  const columns = Array.from({ length: most }, () => []);
  for (const [n, layer] of layers.entries()) columns[Math.floor((n * most) / layers.length)].push(...layer);
  return columns;
}

// The points of a line, which passes other boxes above or below, each line in a lane of its own.
function path(a, b, lanes) {
  if (!a || !b) return [];
  if (a.at === b.at) {
    const [from, out] = a.domain === b.domain ? [a.x, 40] : [a.x - 20, 14 + Math.min(Math.abs(a.y - b.y) / 8, 40)];
    return [[from, a.y], [from - out, a.y, from - out, b.y, from, b.y]];
  }
  const [left, right] = a.at < b.at ? [a, b] : [b, a];
  const points = [[left.right, left.y], [lanes[left.at].right, left.y]];
  for (let at = left.at + 1; at < right.at; at++) {
    const level = left.y + ((right.y - left.y) * (at - left.at)) / (right.at - left.at);
    const lane = lanes[at].free.reduce((best, each) => (Math.abs(each.y - level) < Math.abs(best.y - level) ? each : best));
    const y = lane.y + (lane.used++ % 5) * lane.step;
    points.push(curve(points.at(-1), lanes[at].x - 10, y), [lanes[at].right + 10, y]);
  }
  return [...points, curve(points.at(-1), right.x - 20, right.y)];
}

function curve(from, x, y) {
  const middle = (from.at(-2) + x) / 2;
  return [middle, from.at(-1), middle, y, x, y];
}

function asSpirals(groups) {
  for (const group of groups) group.r = STEP * Math.sqrt(group.products.length) + 46;
  const across = Math.max(Math.sqrt(groups.reduce((sum, group) => sum + 4 * group.r * group.r, 0)) * 1.3, 1);
  let [x, y, high] = [0, 40, 0];
  for (const group of groups) {
    if (x && x + 2 * group.r > across) [x, y, high] = [0, y + high + 60, 0];
    Object.assign(group, { x: x + group.r, y: y + group.r });
    x += 2 * group.r + 40;
    high = Math.max(high, 2 * group.r);
    group.products.forEach((product, n) => {
      product.x = group.x + STEP * Math.sqrt(n + .3) * Math.cos(n * GOLDEN);
      product.y = group.y + STEP * Math.sqrt(n + .3) * Math.sin(n * GOLDEN);
      product.r = 6 + Math.min(Math.sqrt(product.readers ?? 0), 6);
    });
  }
  return { groups, width: across + 80, height: y + high };
}
