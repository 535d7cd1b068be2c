/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.streams;

import io.headrace.codecs.name.SegmentName;
import io.headrace.engine.streams.SegmentRange;
import io.headrace.engine.streams.StreamCommand;
import io.headrace.engine.streams.StreamCut;
import io.headrace.engine.streams.StreamName;
import io.headrace.engine.streams.StreamReply;
import io.headrace.engine.streams.StreamReply.Code;
import io.headrace.engine.streams.StreamReply.CreateStreamStatus;
import io.headrace.engine.streams.StreamReply.Cut;
import io.headrace.engine.streams.StreamReply.DeleteStreamStatus;
import io.headrace.engine.streams.StreamReply.Exists;
import io.headrace.engine.streams.StreamReply.Failed;
import io.headrace.engine.streams.StreamReply.Segments;
import io.headrace.engine.streams.StreamReply.Successors;
import io.headrace.engine.streams.StreamReply.TransactionCreated;
import io.headrace.engine.streams.StreamReply.TransactionState;
import io.headrace.engine.streams.StreamReply.TransactionStatus;
import io.headrace.engine.streams.StreamReply.UpdateStreamStatus;
import io.headrace.engine.streams.StreamsView;
import io.headrace.testkit.sim.Simulation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What clients were told by {@code streams} partitions. Every reply is held against what was told before its command was
 * sent: whoever is told something knows it for good, whichever owner answers the next time.
 */
final class StreamsHistory {
    private static final long NEVER = Long.MAX_VALUE;

    private final Simulation simulation;
    private final Map<StreamName, Facts> streams = new HashMap<>();

    /** Replies that were looked at. */
    long answers;

    /** Times that writers have noted. */
    long notes;

    /** See {@link StreamsView.Signs}. */
    long watermarked;

    long retained;
    long decisions;

    StreamsHistory(Simulation simulation) {
        this.simulation = simulation;
    }

    void add(StreamsView.Signs signs) {
        watermarked += signs.watermarked();
        retained += signs.retained();
        decisions += signs.decisions();
    }

    /** Notes what a command asks for, as it is sent: from here on its effect may be seen. */
    Facts asked(StreamCommand command) {
        if (command instanceof StreamCommand.DeleteScopeRecursive delete) {
            streams.forEach((name, facts) -> {
                if (name.scope().equals(delete.scope())) {
                    facts.sealAsked = true;
                    facts.deleteAsked = true;
                }
            });
        }
        if (!(command instanceof StreamCommand.OfStream ofStream)) {
            return new Facts("");
        }
        Facts facts = of(ofStream.stream());
        if (command instanceof StreamCommand.SealStream) {
            facts.sealAsked = true;
        } else if (command instanceof StreamCommand.DeleteStream) {
            facts.deleteAsked = true;
        } else if (command instanceof StreamCommand.CommitTransaction c) {
            facts.transaction(c.transaction()).commitAsked = true;
        } else if (command instanceof StreamCommand.TruncateStream c && !facts.cuts.contains(c.cut())) {
            facts.cuts.add(c.cut());
        }
        return facts;
    }

    private Facts of(StreamName stream) {
        return streams.computeIfAbsent(stream, name -> new Facts(name.toString()));
    }

    /** A new stream of this name is about to be created; the former one is gone. */
    void begin(StreamName stream) {
        streams.put(stream, new Facts(stream.toString()));
    }

    private static final class TransactionFacts {
        boolean commitAsked;
        long opened = NEVER;
        long committing = NEVER;
        long aborting = NEVER;
        long ended = NEVER;
    }

    /** What is known of one stream, from its creation to its deletion; times are those of the first telling. */
    final class Facts {
        private final String name;
        private boolean sealAsked;
        private boolean deleteAsked;
        private long created = NEVER;
        private long sealed = NEVER;
        private long epochTold = NEVER;
        private int epoch;

        /** Where the stream was to be truncated, and which of these places it has been shown to begin at. */
        private final List<StreamCut> cuts = new ArrayList<>();

        private int head = -1;
        private long headTold = NEVER;
        private final Map<Long, List<SegmentRange>> successors = new HashMap<>();
        private final Map<UUID, TransactionFacts> transactions = new HashMap<>();

        Facts(String name) {
            this.name = name;
        }

        private TransactionFacts transaction(UUID id) {
            return transactions.computeIfAbsent(id, i -> new TransactionFacts());
        }

        /** Judges a reply at the moment it leaves the partition. */
        void told(StreamCommand command, StreamReply reply, long sent) {
            answers++;
            if (name.isEmpty() || deleteAsked) {
                return;
            }
            if (isMissing(reply)) {
                require(created >= sent, command, reply, "it had been created");
            } else if (reply instanceof CreateStreamStatus) {
                created = Math.min(created, now());
            } else if (reply == UpdateStreamStatus.STREAM_SEALED) {
                sealed(command, reply);
            } else if (command instanceof StreamCommand.SealStream && reply == UpdateStreamStatus.SUCCESS) {
                sealed(command, reply);
            } else if (reply instanceof Segments segments && command instanceof StreamCommand.GetCurrentSegments) {
                current(command, segments, sent);
            } else if (reply instanceof Segments segments && command instanceof StreamCommand.GetEpochSegments) {
                tile(command, segments.segments());
            } else if (reply instanceof Cut cut) {
                head(command, reply, cuts.indexOf(cut.cut()), sent);
            } else if (command instanceof StreamCommand.TruncateStream c && reply == UpdateStreamStatus.SUCCESS) {
                head(command, reply, cuts.indexOf(c.cut()), sent);
            } else if (reply instanceof Successors found) {
                successors((StreamCommand.GetSuccessors) command, found);
            } else {
                transaction(command, reply, sent);
            }
        }

        private void sealed(StreamCommand command, StreamReply reply) {
            require(sealAsked, command, reply, "nobody asked to seal it");
            sealed = Math.min(sealed, now());
        }

        private void current(StreamCommand command, Segments reply, long sent) {
            if (reply.segments().isEmpty()) {
                sealed(command, reply);
                return;
            }
            require(sealed >= sent, command, reply, "it had been sealed");
            tile(command, reply.segments());
            int newest = reply.segments().stream()
                    .mapToInt(s -> SegmentName.epochOf(s.id()))
                    .max()
                    .orElse(0);
            require(newest >= epoch || epochTold >= sent, command, reply, "it had come to epoch " + epoch);
            if (newest > epoch) {
                epoch = newest;
                epochTold = now();
            }
        }

        private void head(StreamCommand command, StreamReply reply, int place, long sent) {
            require(place >= head || headTold >= sent, command, reply, "it had begun at " + cuts);
            if (place > head) {
                head = place;
                headTold = now();
            }
        }

        private void tile(StreamCommand command, List<SegmentRange> segments) {
            double covered = 0;
            List<SegmentRange> sorted = new ArrayList<>(segments);
            sorted.sort(Comparator.comparingDouble(SegmentRange::low));
            for (SegmentRange segment : sorted) {
                require(segment.low() == covered, command, new Segments(segments), "ranges must join");
                covered = segment.high();
            }
            require(covered == 1, command, new Segments(segments), "all keys must be covered");
        }

        /** Once a segment has successors it has them for ever; without any the stream is sealed, or it is not. */
        private void successors(StreamCommand.GetSuccessors command, Successors reply) {
            List<SegmentRange> found = reply.successors().stream()
                    .map(StreamReply.Successor::segment)
                    .toList();
            List<SegmentRange> before = successors.get(command.segmentId());
            if (before != null) {
                require(before.equals(found), command, reply, "they were " + before);
            } else if (!found.isEmpty()) {
                successors.put(command.segmentId(), found);
            }
        }

        private void transaction(StreamCommand command, StreamReply reply, long sent) {
            if (reply instanceof TransactionCreated created) {
                transaction(created.transaction()).opened = now();
                tile(command, created.segments());
            } else if (command instanceof StreamCommand.CommitTransaction c) {
                TransactionFacts t = transaction(c.transaction());
                if (reply == TransactionStatus.SUCCESS) {
                    committing(t, command, reply);
                } else {
                    require(t.committing >= sent, command, reply, "the commit had been accepted");
                }
            } else if (command instanceof StreamCommand.AbortTransaction c) {
                TransactionFacts t = transaction(c.transaction());
                if (reply == TransactionStatus.SUCCESS) {
                    aborting(t, command, reply);
                } else {
                    require(t.aborting >= sent, command, reply, "the abort had been accepted");
                }
            } else if (command instanceof StreamCommand.GetTransactionState c) {
                state(transaction(c.transaction()), command, (TransactionState) reply, sent);
            }
        }

        private void state(TransactionFacts t, StreamCommand command, TransactionState state, long sent) {
            if (t.opened == NEVER && !t.commitAsked) {
                // Of a former stream of this name.
                return;
            }
            switch (state) {
                case UNKNOWN -> require(t.opened >= sent, command, state, "it had been opened");
                case OPEN -> {
                    boolean decided = t.committing < sent || t.aborting < sent;
                    require(!decided, command, state, "its end had been decided");
                }
                case COMMITTING -> {
                    require(t.ended >= sent, command, state, "it had ended");
                    committing(t, command, state);
                }
                case COMMITTED -> {
                    committing(t, command, state);
                    t.ended = Math.min(t.ended, now());
                }
                case ABORTING -> {
                    require(t.ended >= sent, command, state, "it had ended");
                    aborting(t, command, state);
                }
                case ABORTED -> {
                    aborting(t, command, state);
                    t.ended = Math.min(t.ended, now());
                }
            }
        }

        private void committing(TransactionFacts t, StreamCommand command, StreamReply reply) {
            require(t.commitAsked && t.aborting == NEVER, command, reply, "it was to be aborted");
            t.committing = Math.min(t.committing, now());
        }

        private void aborting(TransactionFacts t, StreamCommand command, StreamReply reply) {
            require(t.committing == NEVER, command, reply, "it was to be committed");
            t.aborting = Math.min(t.aborting, now());
        }

        private long now() {
            return simulation.micros();
        }

        private void require(boolean condition, StreamCommand command, StreamReply reply, String why) {
            if (!condition) {
                throw simulation.violation("stream " + name + " answers " + command + " with " + reply + "; " + why);
            }
        }
    }

    private static boolean isMissing(StreamReply reply) {
        return (reply instanceof Failed failed && failed.code() == Code.NOT_FOUND)
                || reply == UpdateStreamStatus.STREAM_NOT_FOUND
                || reply == DeleteStreamStatus.STREAM_NOT_FOUND
                || reply == TransactionStatus.STREAM_NOT_FOUND
                || reply.equals(new Exists(false));
    }
}
