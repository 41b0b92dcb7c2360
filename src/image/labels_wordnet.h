// The table behind labels.h: a short name for each of the 21,844 WordNet synsets of ImageNet, and who has them.
#pragma once
#include <cstddef>
#include <string_view>

namespace lathe::image {

inline constexpr size_t kSynsetCount = 21844;

// Names in the order of the synsets' numbers; ';' or the end of a line is between them. Lines begin with the second.
extern const std::string_view kSynsetNames;

// Sets of synsets: six a character, the lowest bit of (character - '0') first; ends of lines do not count.
extern const std::string_view kMembers1k, kMembers12k, kMembers21kMiil;

// The places of three synsets that not all of the large sets have.
inline constexpr size_t kPicture = 9205, kTeddy = 11144, kBleacher = 15028;

}  // namespace lathe::image
