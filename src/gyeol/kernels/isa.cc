// Compiled once for each instruction set, with GYEOL_ISA its namespace and GYEOL_TABLE its table.
#include "isa.h"

#include "conv_backward.h"
#include "dense.h"
#include "gather.h"
#include "norm.h"
#include "pool.h"
#include "random_bits.h"
#include "update.h"

namespace gyeol {

extern const Kernels GYEOL_TABLE = {
    GYEOL_NAME,
    GYEOL_ISA::dense_forward,
    GYEOL_ISA::dense_backward,
    GYEOL_ISA::conv_forward,
    GYEOL_ISA::conv_backward,
    GYEOL_ISA::pool_forward<false>,
    GYEOL_ISA::pool_backward<false>,
    GYEOL_ISA::pool_forward<true>,
    GYEOL_ISA::pool_backward<true>,
    GYEOL_ISA::moments,
    GYEOL_ISA::normalize_forward,
    GYEOL_ISA::normalize_backward,
    GYEOL_ISA::adam,
    GYEOL_ISA::sgd,
    GYEOL_ISA::rmsprop,
    GYEOL_ISA::gather,
    GYEOL_ISA::random_bits,
};

}  // namespace gyeol
