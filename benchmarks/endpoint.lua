-- Asks one query after the other, each of another subject. The paths and what goes with them are
-- in the file that BENCH_REQUESTS names: a path, a tab and an ETag or nothing on each line. With
-- BENCH_NEW a number that no request had before stands in a comment of each query.

local paths, tags, new = {}, {}, os.getenv("BENCH_NEW")

function init(_)
  for line in io.lines(os.getenv("BENCH_REQUESTS")) do
    local path, tag = line:match("^(.-)\t(.*)$")
    table.insert(paths, path)
    table.insert(tags, tag)
  end
  math.randomseed(tonumber(os.getenv("BENCH_SEED")))
end

function request()
  local place = math.random(#paths)
  local headers = { ["Accept"] = "application/sparql-results+json" }
  if tags[place] ~= "" then headers["If-None-Match"] = tags[place] end
  local path = paths[place]
  if new then path = path .. "%20%23" .. math.random(1, 1000000000) end
  return wrk.format("GET", path, headers)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"rate": %.1f, "p50": %.3f, "p99": %.3f, "failed": %d}\n',
    summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
