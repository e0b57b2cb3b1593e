// Memory for what a kernel needs in between. It is kept for the next call.
#pragma once

#include <cstdint>

namespace gyeol {

// This thread's, for what no other thread sees; `slot` is 0 to 3. Aligned to 64 bytes.
float* scratch(int slot, int64_t floats);

// The caller's, which the threads of its loop may share.
float* shared_scratch(int slot, int64_t floats);

}  // namespace gyeol
