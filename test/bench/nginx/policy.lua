-- The full policy for nginx with Lua: who may call, how often, and a signature for the backend.
--
-- SHA-256 is OpenSSL's, over LuaJIT's foreign function interface; of each key the state after its two padded blocks
-- is kept (RFC 2104), so that a signature hashes nothing twice. What runs for each request keeps to what LuaJIT
-- compiles: no patterns of Lua, no tables made, headers and variables one by one. Blocked ranges are nginx's own radix
-- tree (`geo`), counts are plain tables, as there is one process.
local ffi = require 'ffi'
local bit = require 'bit'

local bor, bxor = bit.bor, bit.bxor
local byte, char, concat, find, sub = string.byte, string.char, table.concat, string.find, string.sub
local var, re_match, get_method = ngx.var, ngx.re.match, ngx.req.get_method

ffi.cdef [[
typedef struct {
  unsigned int h[8]; unsigned int low, high; unsigned int data[16]; unsigned int used, bytes;
} policy_sha256;
int SHA256_Init(policy_sha256 *state);
int SHA256_Update(policy_sha256 *state, const void *data, size_t length);
int SHA256_Final(unsigned char *digest, policy_sha256 *state);
]]

-- nginx is linked with libcrypto; one that is not brings it along here.
local function crypto_library()
  if pcall(function() return ffi.C.SHA256_Init end) then return ffi.C end
  return ffi.load('crypto')
end
local crypto = crypto_library()

local STATE_BYTES = ffi.sizeof('policy_sha256')
local state = ffi.new('policy_sha256')
local digest = ffi.new('unsigned char[32]')
local hex = ffi.new('uint16_t[32]')
local hex_pairs = ffi.new('uint16_t[256]')
for value = 0, 255 do
  local text = string.format('%02x', value)
  ffi.copy(hex_pairs + value, text, 2)
end

local function digest_as_hex()
  for index = 0, 31 do hex[index] = hex_pairs[digest[index]] end
  return ffi.string(hex, 64)
end

local function sha256(text)
  crypto.SHA256_Init(state)
  crypto.SHA256_Update(state, text, #text)
  crypto.SHA256_Final(digest, state)
  return digest_as_hex()
end

local EMPTY_HASH = sha256('')

local function padded(secret, pad)
  local block = {}
  for index = 1, 64 do block[index] = char(bxor(byte(secret, index) or 0, pad)) end
  local made = ffi.new('policy_sha256')
  crypto.SHA256_Init(made)
  crypto.SHA256_Update(made, concat(block), 64)
  return made
end

local function signing_key(secret)
  if #secret > 64 then error('a longer key would have to be hashed first') end
  return { inner = padded(secret, 0x36), outer = padded(secret, 0x5c) }
end

local function hmac(key, text)
  ffi.copy(state, key.inner, STATE_BYTES)
  crypto.SHA256_Update(state, text, #text)
  crypto.SHA256_Final(digest, state)
  ffi.copy(state, key.outer, STATE_BYTES)
  crypto.SHA256_Update(state, digest, 32)
  crypto.SHA256_Final(digest, state)
  return digest_as_hex()
end

-- Times: those of a second are the same text, so the latest is kept.
local written_second, written_text = -1, ''
local function written_date(second)
  if second ~= written_second then
    written_text = os.date('!%Y%m%dT%H%M%SZ', second)
    written_second = second
  end
  return written_text
end

local read_text, read_second
local function read_date(text)
  if text == read_text then return read_second end
  local m = re_match(text, [[^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$]], 'jo')
  local second
  if m then
    -- Days since 1 March of the year 0, so that the leap day comes last.
    local year, month, day = tonumber(m[1]), tonumber(m[2]), tonumber(m[3])
    if month <= 2 then
      year = year - 1
      month = month + 12
    end
    local days = 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
      + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
    second = days * 86400 + tonumber(m[4]) * 3600 + tonumber(m[5]) * 60 + tonumber(m[6])
    if os.date('!%Y%m%dT%H%M%SZ', second) ~= text then second = nil end
  end
  read_text, read_second = text, second
  return second
end

-- Percent-encoding: most paths and queries are in their canonical form already.
local UNRESERVED = {}
for value = 0, 255 do
  local text = char(value)
  UNRESERVED[value] = find(text, '^[A-Za-z0-9%-_.~]$') ~= nil
end
local SLASH, EQUALS, AMPERSAND, QUESTION = byte('/'), byte('='), byte('&'), byte('?')

local function recode(text, keeps_slash)
  local plain = ngx.re.gsub(text, '%([0-9A-Fa-f]{2})', function(m) return char(tonumber(m[1], 16)) end, 'jo')
  local pieces = {}
  for index = 1, #plain do
    local value = byte(plain, index)
    local is_kept = UNRESERVED[value] or (keeps_slash and value == SLASH)
    pieces[index] = is_kept and char(value) or string.format('%%%02X', value)
  end
  return concat(pieces)
end

local function canonical_path(path)
  local is_plain = true
  for index = 1, #path do
    local value = byte(path, index)
    if not UNRESERVED[value] and value ~= SLASH then
      is_plain = false
      break
    end
  end
  if not is_plain then path = recode(path, true) end
  if byte(path, #path) == SLASH then return path end
  return path .. '/'
end

local function is_plain_pair(query)
  local equals = 0
  for index = 1, #query do
    local value = byte(query, index)
    if value == EQUALS and equals == 0 and index > 1 then
      equals = index
    elseif not UNRESERVED[value] then
      return false
    end
  end
  return equals > 0
end

local function canonical_query(query)
  if query == '' or is_plain_pair(query) then return query end
  local pairs_found, count = {}, 0
  for piece in string.gmatch(query, '[^&]+') do
    local at = find(piece, '=', 1, true)
    local name = at and sub(piece, 1, at - 1) or piece
    local value = at and sub(piece, at + 1) or ''
    count = count + 1
    pairs_found[count] = { recode(name, false), recode(value, false) }
  end
  -- Decoded, texts sort by their bytes.
  table.sort(pairs_found, function(a, b)
    local left, right = ngx.unescape_uri(a[1]), ngx.unescape_uri(b[1])
    if left ~= right then return left < right end
    return ngx.unescape_uri(a[2]) < ngx.unescape_uri(b[2])
  end)
  for index = 1, count do pairs_found[index] = pairs_found[index][1] .. '=' .. pairs_found[index][2] end
  return concat(pairs_found, '&')
end

-- Clients sign the same headers again and again: the list is taken apart once.
local lists = require('resty.lrucache').new(256)
local function header_list(text)
  local list = lists:get(text)
  if list then return list end
  list = { has_date = false, names = {}, variables = {} }
  for name in string.gmatch(string.lower(text), '[^;]+') do
    list.names[#list.names + 1] = name
    list.variables[#list.variables + 1] = 'http_' .. string.gsub(name, '-', '_')
    if name == 'x-sdk-date' then list.has_date = true end
  end
  lists:set(text, list)
  return list
end

local function trimmed(value)
  local first, last = byte(value, 1), byte(value, #value)
  if first ~= 32 and first ~= 9 and last ~= 32 and last ~= 9 then return value end
  return (string.gsub(string.gsub(value, '^[ \t]+', ''), '[ \t]+$', ''))
end

local function canonical_headers(list)
  local lines = ''
  local names, variables = list.names, list.variables
  for index = 1, #names do
    local value = var[variables[index]]
    if value == nil then return nil end
    lines = lines .. names[index] .. ':' .. trimmed(value) .. '\n'
  end
  return lines
end

local function is_equal(one, other)
  if #one ~= #other then return false end
  local difference = 0
  for index = 1, #one do difference = bor(difference, bxor(byte(one, index), byte(other, index))) end
  return difference == 0
end

local function refuse(status, code, message)
  ngx.status = status
  ngx.header['Content-Type'] = 'application/json'
  ngx.print('{"error_code":"', code, '","error_msg":"', message, '","request_id":"', var.request_id, '"}')
  return ngx.exit(status)
end

local function hash_of_body(method)
  if method == 'GET' or method == 'HEAD' then
    if var.http_content_length == nil and var.http_transfer_encoding == nil then return EMPTY_HASH end
  end
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  if body == nil then
    local file = ngx.req.get_body_file()
    if file == nil then return EMPTY_HASH end
    local opened = assert(io.open(file, 'rb'))
    body = opened:read('*a')
    opened:close()
  end
  return sha256(body)
end

-- Counts of fixed windows, by API and by app of an API.
local function new_count() return { window = -1, total = 0 } end
local function total_of(count, window)
  if count.window ~= window then
    count.window = window
    count.total = 0
  end
  return count.total
end

local apps, apis, signer

local MAX_SKEW = 15 * 60
local AUTHORIZATION = [[^SDK-HMAC-SHA256[ \t]+Access=([^,]+),\s?SignedHeaders=([^,]+),\s?Signature=(\w+)$]]
local captures = {}

local _M = {}

-- Settings: apps by key with their secrets, APIs by name with who may call and how often, and the key for backends.
function _M.configure(settings)
  apps, apis = {}, {}
  for key, secret in pairs(settings.apps) do apps[key] = signing_key(secret) end
  for name, api in pairs(settings.apis) do
    local counts = {}
    for key in pairs(api.allowed) do counts[key] = new_count() end
    apis[name] = { limit = api.limit, seconds = api.seconds, count = new_count(), apps = counts }
  end
  signer = { host = settings.backend_host, key = signing_key(settings.backend_secret) }
  signer.head = 'SDK-HMAC-SHA256 Access=' .. settings.backend_key .. ', SignedHeaders=host;x-sdk-date, Signature='
  signer.middle = '\nhost:' .. signer.host .. '\nx-sdk-date:'
end

function _M.enforce()
  if var.blocked == '1' then return refuse(403, 'APIG.0302', 'Access denied.') end

  local authorization = var.http_authorization
  if authorization == nil then return refuse(401, 'APIG.0303', 'No signature.') end
  local m = re_match(authorization, AUTHORIZATION, 'jo', nil, captures)
  if m == nil then return refuse(401, 'APIG.0303', 'Not a signature.') end
  local app_key, signed_headers, signature = m[1], m[2], m[3]
  local key = apps[app_key]
  if key == nil then return refuse(401, 'APIG.0303', 'No such app.') end

  local list = header_list(signed_headers)
  local headers = canonical_headers(list)
  local date = var.http_x_sdk_date
  if headers == nil or not list.has_date then return refuse(401, 'APIG.0303', 'A signed header is missing.') end
  local now = ngx.time()
  local second = read_date(date)
  if second == nil or math.abs(now - second) > MAX_SKEW then return refuse(401, 'APIG.0303', 'Expired.') end

  local method, target = get_method(), var.request_uri
  local query_at = find(target, '?', 1, true)
  local path = canonical_path(query_at and sub(target, 1, query_at - 1) or target)
  local query = query_at and canonical_query(sub(target, query_at + 1)) or ''
  local hash = hash_of_body(method)
  local given = var.http_x_sdk_content_sha256
  if given ~= nil and given ~= 'UNSIGNED-PAYLOAD' and string.lower(given) ~= hash then
    return refuse(401, 'APIG.0303', 'The body is not that of its digest.')
  end
  local start = method .. '\n' .. path .. '\n' .. query
  local canonical = start .. '\n' .. headers .. '\n' .. signed_headers .. '\n' .. (given or hash)
  local expected = hmac(key, 'SDK-HMAC-SHA256\n' .. date .. '\n' .. sha256(canonical))
  if not is_equal(expected, signature) then return refuse(401, 'APIG.0303', 'Not the signature of this request.') end

  local api = apis[var.api]
  local of_app = api.apps[app_key]
  if of_app == nil then return refuse(403, 'APIG.0304', 'The app may not call this API.') end

  local window = math.floor(now / api.seconds)
  if total_of(api.count, window) >= api.limit or total_of(of_app, window) >= api.limit then
    return refuse(429, 'APIG.0308', 'Too many calls.')
  end
  api.count.total = api.count.total + 1
  of_app.total = of_app.total + 1

  local sent_date = written_date(now)
  local sent = start .. signer.middle .. sent_date .. '\n\nhost;x-sdk-date\n' .. hash
  local sent_text = 'SDK-HMAC-SHA256\n' .. sent_date .. '\n' .. sha256(sent)
  var.backend_authorization = signer.head .. hmac(signer.key, sent_text)
  var.backend_date = sent_date
end

return _M
