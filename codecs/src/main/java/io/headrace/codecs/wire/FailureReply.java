/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.codecs.wire;

import java.util.UUID;

/**
 * Why a request was not done. {@code serverStackTrace} is free text for the client's log; what does not fit into 65,535
 * encoded bytes is cut off. The shorter constructors leave it empty.
 */
public sealed interface FailureReply extends Reply {

    /** Free text, often empty. */
    String serverStackTrace();

    /**
     * The segment is not served here; the client has to ask the controller again.
     *
     * @param correctHost the client ignores it and asks the controller
     */
    record WrongHost(long requestId, String segment, String correctHost, String serverStackTrace)
            implements FailureReply {
        public WrongHost(long requestId, String segment) {
            this(requestId, segment, "", "");
        }
    }

    /**
     * The segment takes no more data.
     *
     * @param offset that of the request; the event number of a failed append; -1 if there is none
     */
    record SegmentIsSealed(long requestId, String segment, String serverStackTrace, long offset)
            implements FailureReply {
        public SegmentIsSealed(long requestId, String segment, long offset) {
            this(requestId, segment, "", offset);
        }
    }

    record SegmentAlreadyExists(long requestId, String segment, String serverStackTrace) implements FailureReply {
        public SegmentAlreadyExists(long requestId, String segment) {
            this(requestId, segment, "");
        }
    }

    /**
     * The segment was never made, or deleted, or merged into another.
     *
     * @param offset that of the request; -1 if there is none
     */
    record NoSuchSegment(long requestId, String segment, String serverStackTrace, long offset) implements FailureReply {
        public NoSuchSegment(long requestId, String segment, long offset) {
            this(requestId, segment, "", offset);
        }
    }

    /** Another connection of the writer has written: the client has to set up again and learn the truth. */
    record InvalidEventNumber(UUID writerId, long requestId, String serverStackTrace, long eventNumber)
            implements FailureReply {
        public InvalidEventNumber(UUID writerId, long requestId, long eventNumber) {
            this(writerId, requestId, "", eventNumber);
        }
    }

    /**
     * The offset lies before what is left of the segment, or a condition on an offset failed.
     *
     * @param startOffset the first offset that is left; the length of a table
     * @param offset that of the request
     */
    record SegmentIsTruncated(long requestId, String segment, long startOffset, String serverStackTrace, long offset)
            implements FailureReply {
        public SegmentIsTruncated(long requestId, String segment, long startOffset, long offset) {
            this(requestId, segment, startOffset, "", offset);
        }
    }

    /**
     * The server does not do this.
     *
     * @param operationName the request in lower camel case, such as {@code readTableEntriesDelta}
     */
    record OperationUnsupported(long requestId, String operationName, String serverStackTrace) implements FailureReply {
        public OperationUnsupported(long requestId, String operationName) {
            this(requestId, operationName, "");
        }
    }

    /**
     * The delegation token does not allow the request.
     *
     * @param errorCode one of the constants; whatever else is received counts as {@link #CHECK_FAILED}
     */
    record AuthTokenCheckFailed(long requestId, String serverStackTrace, int errorCode) implements FailureReply {
        public static final int UNSPECIFIED = -1;
        public static final int CHECK_FAILED = 0;
        public static final int EXPIRED = 1;

        public AuthTokenCheckFailed {
            errorCode = errorCode == UNSPECIFIED || errorCode == EXPIRED ? errorCode : CHECK_FAILED;
        }

        public AuthTokenCheckFailed(long requestId, int errorCode) {
            this(requestId, "", errorCode);
        }
    }

    /**
     * The request made no sense.
     *
     * @param message cut off like a stack trace
     * @param errorCode one of the constants; whatever else is received counts as {@link #UNSPECIFIED}
     */
    record ErrorMessage(long requestId, String segment, String message, int errorCode) implements FailureReply {
        public static final int UNSPECIFIED = -1;
        public static final int ILLEGAL_ARGUMENT = 0;

        public ErrorMessage {
            errorCode = errorCode == ILLEGAL_ARGUMENT ? ILLEGAL_ARGUMENT : UNSPECIFIED;
        }

        @Override
        public String serverStackTrace() {
            return "";
        }
    }

    record TableSegmentNotEmpty(long requestId, String segment, String serverStackTrace) implements FailureReply {
        public TableSegmentNotEmpty(long requestId, String segment) {
            this(requestId, segment, "");
        }
    }

    record TableKeyDoesNotExist(long requestId, String segment, String serverStackTrace) implements FailureReply {
        public TableKeyDoesNotExist(long requestId, String segment) {
            this(requestId, segment, "");
        }
    }

    record TableKeyBadVersion(long requestId, String segment, String serverStackTrace) implements FailureReply {
        public TableKeyBadVersion(long requestId, String segment) {
            this(requestId, segment, "");
        }
    }
}
