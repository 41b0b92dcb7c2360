// Many threads, one file: two of them writing at once only wait for the file's lock in the kernel, which spins. Here one
// thread at a time writes what all have handed over, and the others go on computing.
#pragma once
#include <deque>

#include "base/partial_file.h"
#include "base/threads.h"

namespace lathe::pipeline {

class WriteBehind {
public:
    // At most `most` pieces wait; then who hands over one more waits too.
    explicit WriteBehind(size_t most) : most_(most) {}

    // Writes the bytes at `offset`, or leaves that to the thread that is writing now. When all threads are back from
    // here, everything is written. Errors: the disk's, of this piece or of another one, from then on in every call.
    Status write(PartialFile& file, uint64_t offset, SharedBytes bytes);

private:
    struct Waiting {
        PartialFile* file;
        uint64_t offset;
        SharedBytes bytes;
    };
    const size_t most_;
    Lock lock_;
    std::deque<Waiting> waiting_;
    bool writing_ = false;
    Status status_;
};

}  // namespace lathe::pipeline
