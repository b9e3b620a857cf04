-- Asks for one address after the other of a file, each connection from a place of its own, and tells the 95th percentile.
local addresses = {}
local at = 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    addresses[#addresses + 1] = line
  end
  math.randomseed(tonumber(tostring({}):sub(8)) or os.time())
  at = math.random(#addresses)
end

function request()
  at = at % #addresses + 1
  return wrk.format("GET", addresses[at])
end

function done(summary, latency, requests)
  io.write(string.format("95%%    %.2fms\n", latency:percentile(95) / 1000))
end
