/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.tiering.s3;

import java.util.ArrayList;
import java.util.List;

/**
 * How to join objects by a multipart upload. S3 copies ranges of objects by itself, but each part except the last must
 * have a minimum size. Where an object, or the rest of one, is smaller, a part is put together from several: those bytes
 * go through this process.
 *
 * @param parts in order
 */
record MergePlan(List<Part> parts) {

    /** A range of a source. */
    record Range(int source, long offset, long length) {}

    /**
     * A part of the result.
     *
     * @param ranges if it is one only, S3 copies it; else the bytes are put together here
     */
    record Part(List<Range> ranges) {
        Part {
            ranges = List.copyOf(ranges);
        }

        boolean isCopied() {
            return ranges.size() == 1;
        }

        long length() {
            return ranges.stream().mapToLong(Range::length).sum();
        }
    }

    MergePlan {
        parts = List.copyOf(parts);
    }

    /**
     * Plans a merge.
     *
     * @param lengths of the sources; at least one is not zero
     * @param minimum of each part but the last, in bytes
     * @param maximum of a copied part, at least twice the minimum
     */
    static MergePlan of(List<Long> lengths, long minimum, long maximum) {
        List<Part> parts = new ArrayList<>();
        List<Range> collected = new ArrayList<>();
        long bytes = 0;
        for (int source = 0; source < lengths.size(); source++) {
            long offset = 0;
            long left = lengths.get(source);
            while (left > 0) {
                long length = bytes == 0 && left >= minimum
                        ? copied(left, minimum, maximum)
                        : Math.min(left, minimum - bytes);
                collected.add(new Range(source, offset, length));
                bytes += length;
                offset += length;
                left -= length;
                if (bytes >= minimum) {
                    parts.add(new Part(collected));
                    collected.clear();
                    bytes = 0;
                }
            }
        }
        if (bytes > 0) {
            parts.add(new Part(collected));
        }
        return new MergePlan(parts);
    }

    /** How much of an object to copy at once, so that the rest is none or enough for another part. */
    private static long copied(long left, long minimum, long maximum) {
        if (left <= maximum) {
            return left;
        }
        return left - maximum >= minimum ? maximum : maximum - minimum;
    }
}
