// hiredis 0.14 for C++: its sds.h does not say that it is C.
#pragma once

#include <sys/types.h>

extern "C" {
#include <hiredis/sds.h>
}
// After sds.h, which these include, too.
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
