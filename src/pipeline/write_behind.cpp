#include "pipeline/write_behind.h"

namespace lathe::pipeline {

Status WriteBehind::write(PartialFile& file, uint64_t offset, SharedBytes bytes) {
    const Locked locked(lock_);
    while (waiting_.size() >= most_ && writing_) lock_.wait();
    if (!status_) return status_;
    waiting_.push_back({&file, offset, std::move(bytes)});
    if (writing_) return {};
    writing_ = true;
    while (!waiting_.empty()) {
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        lock_.notify_all();
        lock_.unlock();
        Status written = next.file->write_at(next.offset, next.bytes.bytes());
        next.bytes = {};
        lock_.lock();
        if (!written && status_) status_ = std::move(written);
    }
    writing_ = false;
    lock_.notify_all();
    return status_;
}

}  // namespace lathe::pipeline
