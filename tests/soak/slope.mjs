// The middle of the slopes between all pairs (Theil and Sen), times the span:
// by how much a straight line through POINTS ([x, y]) rises from end to end.
export function rise(points) {
  const slopes = [];
  for (let i = 0; i < points.length; i++)
    for (let j = i + 1; j < points.length; j++)
      if (points[j][0] > points[i][0]) slopes.push((points[j][1] - points[i][1]) / (points[j][0] - points[i][0]));
  if (slopes.length === 0) return 0;
  slopes.sort((a, b) => a - b);
  return slopes[slopes.length >> 1] * (points.at(-1)[0] - points[0][0]);
}

// Of every N points the one that is lowest.
export function lowest(points, n) {
  const out = [];
  for (let i = 0; i + n <= points.length; i += n)
    out.push(points.slice(i, i + n).reduce((a, b) => (b[1] < a[1] ? b : a)));
  return out;
}
