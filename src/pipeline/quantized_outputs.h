// What quantised weights do to a network's own outputs. The original's checkpoint gets the dequantised weights in the place of
// its own, its architecture makes a graph of them once more, and both graphs run on the same inputs. Loaders that multiply
// in few bits, or round activations, add errors of their own, which are not in here.
#pragma once
#include "base/json.h"
#include "pipeline/execute.h"

namespace lathe::pipeline {

struct QuantizedOutputs {
    std::string a, b, compared_on;
    size_t quantized = 0;  // layers of `a` that are quantised and stand in b's place
    size_t replaced = 0;  // tensors of b that `a` has, those layers among them
    // The tolerance is what options give, without it infinite: then only what is not finite counts as mismatched.
    check::Comparison comparison;
    bool judged = false;  // a tolerance was given
    std::vector<std::string> notes;
};

// a: a checkpoint with quantised layers; b: the checkpoint that it was made from, of an architecture known here (KataGo,
// timm). Of the options, model_b chooses b's model; inputs made by rule for Go networks are whole boards unless
// `sizes` has another batch, so that the large numbers off the board do not flatter the policy.
// Errors: `a` has no quantised layers; none of them is in b (naming one); a tensor of another shape; those of open_model; a b
// that holds its own graph or is a name.
Result<QuantizedOutputs> compare_outputs(const std::string& a, const std::string& b,
                                         const VerifyOptions& options, const Progress& progress);
std::string to_table(const QuantizedOutputs& report);  // for a terminal
Json to_json(const QuantizedOutputs& report);

}  // namespace lathe::pipeline
