/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

/** Requests of administrators; an ordinary listener must not serve them. */
public sealed interface AdminRequest extends Request {

    record FlushToStorage(int containerId, String delegationToken, long requestId) implements AdminRequest {
        @Override
        public String segment() {
            return "";
        }
    }

    record ListStorageChunks(String segment, String delegationToken, long requestId) implements AdminRequest {}
}
