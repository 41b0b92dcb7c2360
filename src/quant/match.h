// The user's patterns against the names of tensors.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/pattern.h"
#include "quant/select.h"

namespace lathe::quant {

// "a.b" for "a.b.weight"; other names as they are.
std::string_view layer_of(std::string_view tensor);

// A pattern is looked for in the tensor's full name and in its layer's, so that both "proj$" and "proj.weight$" find.
class NamePattern {
public:
    // Errors: no regular expression; empty. `what` names the option in them.
    static Result<NamePattern> parse(std::string_view what, std::string_view text);

    bool found_in(std::string_view tensor) const;
    // Of two that are found, the larger one decides: literal characters, and above all the layer's very name (in which
    // dots need no backslash and ^ and $ may stand).
    size_t specificity(std::string_view tensor) const;
    const std::string& text() const { return pattern_.text(); }

private:
    explicit NamePattern(Pattern pattern);

    Pattern pattern_;
    std::string name_;  // the name it is, if it can be one
};

// "'a.weight', 'b.weight'": the names of which a part is most like the text.
std::string nearest_names(std::span<const TensorInfo> tensors, std::string_view text);

}  // namespace lathe::quant
