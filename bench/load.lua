-- Sends the sign form with an address of its own each time, as a browser without JavaScript would.
-- Arguments: a file of lines "path<TAB>body before the address<TAB>body after it", the name of the run, the origin.
local threads = 0

function setup(thread)
   threads = threads + 1
   thread:set("number", threads)
end

function init(arguments)
   forms, sent, run = {}, 0, arguments[2]
   for line in io.lines(arguments[1]) do
      local path, before, after = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)$")
      forms[#forms + 1] = { path = path, before = before, after = after }
   end
   headers = {
      ["Content-Type"] = "application/x-www-form-urlencoded",
      ["Origin"] = arguments[3],
      ["Sec-Fetch-Site"] = "same-origin",
      ["Accept"] = "text/html,application/xhtml+xml",
      ["Accept-Language"] = "en",
      ["User-Agent"] = "Mozilla/5.0",
   }
end

function request()
   sent = sent + 1
   local form = forms[sent % #forms + 1]
   local address = "signer-" .. run .. "-" .. number .. "-" .. sent .. "%40example.org"
   return wrk.format("POST", form.path, headers, form.before .. address .. form.after)
end
