// TA-Lib and Tulip Indicators behind one Node-API function that takes no arguments and copies nothing: the
// call is described by f64 at the start of the shared buffer, columns are byte offsets into it.
//   0 library (0 TA-Lib, 1 Tulip)  1 function  2 n  3.. five inputs  8.. three outputs  11.. three options
// TA-Lib's lookback, or Tulip's, comes back at 14, the number of values at 15.
#include <node_api.h>
#include "indicators.h"
#include "ta_libc.h"

static char *memory;

static double slot(int i) { return ((double *)memory)[i]; }
static double *column(int i) { return (double *)(memory + (long)slot(i)); }

static int talib(int fn, int n, double *first, double *count) {
  const double *a = column(3), *b = column(4), *c = column(5);
  double *x = column(8), *y = column(9), *z = column(10);
  int p = (int)slot(11), q = (int)slot(12), r = (int)slot(13), start = 0, length = 0, code = -1;
  switch (fn) {
    case 0: code = TA_SMA(0, n - 1, a, p, &start, &length, x); break;
    case 1: code = TA_EMA(0, n - 1, a, p, &start, &length, x); break;
    case 2: code = TA_RSI(0, n - 1, a, p, &start, &length, x); break;
    case 3: code = TA_MACD(0, n - 1, a, p, q, r, &start, &length, x, y, z); break;
    case 4: code = TA_BBANDS(0, n - 1, a, p, slot(12), slot(12), TA_MAType_SMA, &start, &length, y, x, z); break;
    case 5: code = TA_ATR(0, n - 1, a, b, c, p, &start, &length, x); break;
    case 6: code = TA_ADX(0, n - 1, a, b, c, p, &start, &length, x); break;
    case 7:
      code = TA_STOCH(0, n - 1, a, b, c, p, q, TA_MAType_SMA, r, TA_MAType_SMA, &start, &length, x, y);
      break;
    case 8: code = TA_OBV(0, n - 1, a, b, &start, &length, x); break;
  }
  *first = start;
  *count = length;
  return code;
}

static int tulip(int fn, int n, double *first, double *count) {
  static const ti_indicator_function run[] = {ti_sma,    ti_ema, ti_rsi, ti_macd, ti_bbands,
                                              ti_atr,    ti_adx, ti_stoch, ti_obv};
  static const ti_indicator_start_function begin[] = {
      ti_sma_start, ti_ema_start, ti_rsi_start, ti_macd_start, ti_bbands_start,
      ti_atr_start, ti_adx_start, ti_stoch_start, ti_obv_start};
  const double *in[] = {column(3), column(4), column(5), column(6), column(7)};
  double *out[] = {column(8), column(9), column(10)};
  const double options[] = {slot(11), slot(12), slot(13)};
  if (fn < 0 || fn > 8) return -1;
  *first = begin[fn](options);
  *count = n - *first;
  return run[fn](n, in, options, out);
}

static napi_value call(napi_env env, napi_callback_info info) {
  int fn = (int)slot(1), n = (int)slot(2);
  double *back = (double *)memory + 14;
  int code = slot(0) == 0 ? talib(fn, n, back, back + 1) : tulip(fn, n, back, back + 1);
  napi_value result;
  napi_create_int32(env, code, &result);
  return result;
}

/** share(buffer): the ArrayBuffer every later call works in; the caller keeps it alive. */
static napi_value share(napi_env env, napi_callback_info info) {
  size_t count = 1, size;
  napi_value buffer;
  void *data;
  napi_get_cb_info(env, info, &count, &buffer, NULL, NULL);
  if (napi_get_arraybuffer_info(env, buffer, &data, &size) == napi_ok) memory = data;
  return NULL;
}

NAPI_MODULE_INIT() {
  napi_value fn;
  TA_Initialize();
  napi_create_function(env, "share", 5, share, NULL, &fn);
  napi_set_named_property(env, exports, "share", fn);
  napi_create_function(env, "call", 4, call, NULL, &fn);
  napi_set_named_property(env, exports, "call", fn);
  return exports;
}
