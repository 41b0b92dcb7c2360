// Names of classes: ImageNet's, which are built in, or a file's.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lathe::image {

using Labels = std::vector<std::string>;  // by class index

// The names of ImageNet's classes for a network with so many outputs, a set for each number as in timm: 1000 (ILSVRC),
// 1001 (the same behind a background class, as TensorFlow's networks have it), 11221 (MIIL's choice), 11821 (timm's 12k),
// 21841 (22k, fall 2011), 21842 (Microsoft's: ILSVRC's classes first), 21843 (Google's 21k). A name is the first lemma
// of the synset, and the second where the first would not be unique. Errors: another number, naming these.
Result<Labels> imagenet_labels(int64_t classes);

// One name a line (empty lines at the end do not count), or JSON: a list of names; {"0": "cat"}, also with
// ["n02123045", "cat"] for a name; {"cat": 0}; or an object with one of these as `id2label`, `label2id`, `label_names`
// or `labels`, as Hugging Face's config.json has. Errors: neither, an index twice or missing.
Result<Labels> parse_labels(std::string_view text);

// "imagenet", or the path of a file for parse_labels(). Errors: those above; another number of names than `classes`.
Result<Labels> load_labels(const std::string& name_or_path, int64_t classes);

}  // namespace lathe::image
