/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.wire;

import io.headrace.codecs.wire.AppendCommand;
import io.headrace.codecs.wire.AppendReply.AppendSetup;
import io.headrace.codecs.wire.AppendStream;
import io.headrace.codecs.wire.FailureReply;
import io.headrace.codecs.wire.FailureReply.WrongHost;
import io.headrace.codecs.wire.FrameHeader;
import io.headrace.codecs.wire.Request;
import io.headrace.codecs.wire.SegmentReply.SegmentRead;
import io.headrace.codecs.wire.SegmentRequest.ReadSegment;
import io.headrace.codecs.wire.WireCommand;
import io.headrace.codecs.wire.WireDecoder;
import io.headrace.codecs.wire.WireEncoder;
import io.headrace.codecs.wire.WireFormatException;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.segments.SegmentReply;
import io.headrace.verticles.host.HostedPartition;
import io.headrace.verticles.wire.AnswerQueue.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection: parses frames, hands commands to partitions, sends replies, and stops reading while it or the
 * node holds too much. Everything but {@link #answered} runs on the event loop of the socket.
 */
final class WireConnection {
    private static final Logger LOG = LoggerFactory.getLogger(WireConnection.class);

    /** How long a peer has to take the last replies before it is cut off. */
    private static final long CLOSE_MILLIS = 5_000;

    /** No id of a timer; these begin with 0. */
    private static final long NO_TIMER = -1;

    /** What is still sent of a read's data to a peer that does not take its replies. */
    private static final int SHORT_READ_BYTES = 1024;

    /** Data below this size is copied between the replies around it: that is cheaper than sending it apart. */
    private static final int MIN_SHARED_BYTES = 4096;

    /** A peer that is not read from for long hears something this often. */
    private static final long SIGN_MILLIS = 10_000;

    private static final String INTERNAL_ERROR = "internal error";

    private enum State {
        OPEN,
        /** Nothing is read any more; the last replies are on their way. */
        ENDING,
        CLOSED
    }

    private final WireNode node;
    private final WireOptions options;
    private final Context context;
    private final NetSocket socket;
    private final long id;
    private final Handler<Void> deliver = nothing -> deliverAnswers();

    private final ReceivedBytes received = new ReceivedBytes();
    private final AppendStream appends = new AppendStream();
    private final Map<UUID, Writer> writers = new HashMap<>(4);
    private final Requests requests = new Requests(this);
    private final Submissions submissions;
    private final AnswerQueue answers = new AnswerQueue();
    private final List<Writer> acknowledging = new ArrayList<>(2);
    private final Deque<Answer> held = new ArrayDeque<>(0);
    private final Outbox outbox;
    private final Progress progress;
    private final Consumer<WireConnection> whenClosed;

    private State state = State.OPEN;
    private boolean parsing;
    private boolean paused;
    private boolean waitsForCredits;
    private long appendBytes;
    private int requestsUnanswered;
    private int readsUnanswered;
    private int openBlockBytes;
    private boolean updatesTables;
    private long lastSign;
    private long cutOff = NO_TIMER;

    /** @param whenClosed called at the end, on the loop */
    WireConnection(WireNode node, Context context, NetSocket socket, Consumer<WireConnection> whenClosed) {
        this.node = node;
        this.options = node.options();
        this.context = context;
        this.socket = socket;
        this.id = node.nextConnection();
        this.submissions = new Submissions(node.partitions());
        this.outbox = new Outbox(socket, node.counters(), this::written);
        this.progress = new Progress(node.unfinished(), options.limits(), System.nanoTime());
        this.whenClosed = whenClosed;
    }

    void start() {
        node.counters().accepted.increment();
        socket.handler(buffer -> receive(Sockets.bytes(buffer)));
        socket.exceptionHandler(cause -> LOG.debug("connection from {}", socket.remoteAddress(), cause));
        socket.closeHandler(nothing -> closed());
    }

    /** Number of this connection, unique in this process. */
    long id() {
        return id;
    }

    // ---- from the peer

    private void receive(ByteBuf bytes) {
        node.counters().bytesReceived.add(bytes.readableBytes());
        if (state == State.OPEN) {
            received.add(bytes);
            parse();
        }
    }

    /** Executes the frames that are there; where a bound is reached it stops, and stops reading. */
    private void parse() {
        if (parsing || state != State.OPEN) {
            return;
        }
        parsing = true;
        boolean more = true;
        while (more && state == State.OPEN && !isOverBound()) {
            more = parseFrames();
            submissions.handOver();
            outbox.flush();
        }
        parsing = false;
        received.compact();
        if (state == State.OPEN) {
            pauseOrResume();
        }
    }

    /** True if it stopped at a bound, so that more frames may be there. */
    private boolean parseFrames() {
        String mistake;
        try {
            while (parseFrame()) {
                if (isOverBound()) {
                    return true;
                }
            }
            return false;
        } catch (WireFormatException e) {
            mistake = String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("connection from {}", socket.remoteAddress(), e);
            mistake = INTERNAL_ERROR;
        }
        // What came before the mistake counts.
        submissions.handOver();
        fail(mistake);
        return false;
    }

    /** False if the next frame is not all there. */
    private boolean parseFrame() {
        if (received.readableBytes() < FrameHeader.BYTES) {
            return false;
        }
        int type = received.getInt(0);
        int length = received.getInt(FrameHeader.LENGTH_OFFSET);
        if (type < Byte.MIN_VALUE || type > Byte.MAX_VALUE) {
            throw new WireFormatException(ForeignProtocol.describe(type, length, options.controllerPort()));
        }
        FrameHeader.checkPayloadLength(length);
        if (received.readableBytes() - FrameHeader.BYTES < length) {
            return false;
        }
        received.skip(FrameHeader.BYTES);
        progress.completed();
        execute(WireDecoder.decode(type, received.take(length)));
        return true;
    }

    private void execute(WireCommand command) {
        if (command instanceof AppendCommand append) {
            AppendStream.Append whole = appends.accept(append);
            openBlockBytes = append instanceof AppendCommand.AppendBlock block
                    ? block.data().readableBytes()
                    : 0;
            if (whole != null) {
                append(whole);
            } else if (command instanceof AppendCommand.SetupAppend setup) {
                setUp(setup);
            }
        } else if (command instanceof Request request) {
            requests.execute(request);
        } else if (command instanceof WireCommand.KeepAlive) {
            send(command);
        } else if (command instanceof WireCommand.Hello hello) {
            send(WireCommand.Hello.CURRENT);
            if (!hello.isCompatible()) {
                throw new WireFormatException(
                        "it speaks versions " + hello.lowVersion() + " to " + hello.highVersion() + " of the protocol");
            }
        } else if (!(command instanceof WireCommand.Padding)) {
            throw new WireFormatException(command.getClass().getSimpleName() + " is not for a store");
        }
    }

    private void setUp(AppendCommand.SetupAppend setup) {
        UUID writer = setup.writerId();
        String segment = setup.segment();
        writers.put(writer, new Writer(this, writer, segment, partitionOf(segment)));
        submit(
                new SegmentCommand.SetupAppend(segment, writer, id),
                new PendingRequest(this, setup.requestId(), segment, -1, 0, reply -> {
                    long last = ((SegmentReply.AppendReady) reply).lastEventNumber();
                    return new AppendSetup(setup.requestId(), segment, writer, last);
                }));
    }

    private void append(AppendStream.Append append) {
        Writer writer = writers.get(append.writerId());
        if (writer == null) {
            throw new IllegalStateException("writer " + append.writerId() + " is not known");
        }
        HostedPartition<SegmentCommand, SegmentReply> owner = submissions.owner(writer.partition());
        if (owner == null) {
            send(new WrongHost(append.requestId(), writer.segment()));
            return;
        }
        node.counters().appends.increment();
        node.counters().events.add(append.eventCount());
        node.counters().appendedBytes.add(append.data().readableBytes());
        takeCredits(writer.sent(append));
        submissions.add(
                writer.partition(),
                owner,
                new SegmentCommand.Append(
                        append.segment(),
                        append.writerId(),
                        id,
                        append.eventNumber(),
                        append.eventCount(),
                        append.expectedOffset(),
                        append.data()),
                writer);
    }

    // ---- to the partitions

    int partitionOf(String segment) {
        return node.partitions().indexOf(segment);
    }

    void submit(SegmentCommand command, PendingRequest pending) {
        int partition = partitionOf(command.segment());
        HostedPartition<SegmentCommand, SegmentReply> owner = submissions.owner(partition);
        if (owner == null) {
            send(pending.wrongHost());
        } else {
            requestsUnanswered++;
            takeCredits(pending.cost());
            submissions.add(partition, owner, command, pending);
        }
    }

    /** Notes that the peer writes, not only by appends: see {@link WireNode#holdAppends}. */
    void updatesTables() {
        updatesTables = true;
    }

    /** @throws WireFormatException if too many reads wait already */
    void submitRead(ReadSegment read, SegmentCommand.Read command) {
        int partition = partitionOf(read.segment());
        HostedPartition<SegmentCommand, SegmentReply> owner = submissions.owner(partition);
        if (owner == null) {
            send(new WrongHost(read.requestId(), read.segment()));
        } else if (readsUnanswered >= options.waitingReads()) {
            throw new WireFormatException("more than " + options.waitingReads() + " reads wait for data");
        } else {
            readsUnanswered++;
            submissions.add(partition, owner, command, new PendingRead(this, read));
        }
    }

    // ---- from the partitions

    /** An answer has come. On the loop of a partition. */
    void answered(Answer answer) {
        if (answers.add(answer)) {
            context.runOnContext(deliver);
        }
    }

    private void deliverAnswers() {
        answers.deliverAll(e -> {
            LOG.error("connection from {}", socket.remoteAddress(), e);
            fail(INTERNAL_ERROR);
        });
        acknowledge();
        outbox.flush();
        if (paused) {
            resumeIfPossible();
        } else if (state == State.OPEN && isOverBound()) {
            // Replies that the peer does not take.
            pauseOrResume();
        }
    }

    void appendAnswered(int cost) {
        giveBackCredits(cost);
    }

    void requestAnswered(int cost) {
        requestsUnanswered--;
        giveBackCredits(cost);
    }

    void readAnswered() {
        readsUnanswered--;
    }

    /** Has {@link Writer#acknowledge} called when all answers that are there have been looked at. */
    void acknowledgeLater(Writer writer) {
        acknowledging.add(writer);
    }

    private void acknowledge() {
        for (int i = 0; i < acknowledging.size(); i++) {
            acknowledging.get(i).acknowledge();
        }
        acknowledging.clear();
    }

    // ---- to the peer

    void send(WireCommand command) {
        if (state == State.OPEN) {
            if (command instanceof FailureReply failure) {
                node.counters().refused(failure);
            }
            WireEncoder.encode(command, outbox.tail());
        }
    }

    /** Sends a reply with its data, which is given away. */
    void send(SegmentRead reply) {
        boolean given = false;
        node.counters().reads.increment();
        node.counters().readBytes.add(reply.data().readableBytes());
        try {
            if (state == State.OPEN && reply.data().readableBytes() >= MIN_SHARED_BYTES) {
                outbox.add(WireEncoder.encodeSharing(reply, PooledByteBufAllocator.DEFAULT));
                given = true;
            } else {
                send((WireCommand) reply);
            }
        } finally {
            if (!given) {
                reply.data().release();
            }
        }
    }

    /**
     * Read data as it should be sent, in exchange for {@code data}: a few bytes of it if the peer has not taken what it
     * was sent before. It may ask again for the rest; meanwhile it does not hold memory that others read from.
     */
    ByteBuf shorten(ByteBuf data) {
        if (outbox.pendingBytes() < options.replyBytes() || data.readableBytes() <= SHORT_READ_BYTES) {
            return data;
        }
        try {
            return Unpooled.copiedBuffer(data.slice(data.readerIndex(), SHORT_READ_BYTES));
        } finally {
            data.release();
        }
    }

    private void written() {
        if (state == State.ENDING) {
            closeIfWritten();
        } else {
            deliverHeld();
            resumeIfPossible();
        }
    }

    /**
     * Holds an answer back as long as the peer does not take what it was sent before; false if it takes. What is held
     * is not encoded yet, and still counts as an unanswered request.
     */
    boolean holdBack(Answer answer) {
        if (outbox.pendingBytes() < options.replyBytes()) {
            return false;
        }
        held.addLast(answer);
        return true;
    }

    private void deliverHeld() {
        try {
            while (!held.isEmpty() && outbox.pendingBytes() < options.replyBytes()) {
                held.removeFirst().deliver();
            }
        } catch (RuntimeException e) {
            LOG.error("connection from {}", socket.remoteAddress(), e);
            fail(INTERNAL_ERROR);
        }
        outbox.flush();
    }

    // ---- bounds

    private void takeCredits(int cost) {
        appendBytes += cost;
        node.credits().take(cost);
    }

    private void giveBackCredits(int cost) {
        appendBytes -= cost;
        node.credits().giveBack(cost);
    }

    private boolean isOverBound() {
        return holdsAppends()
                || appendBytes >= options.appendBytes()
                || requestsUnanswered >= options.requests()
                || outbox.pendingBytes() >= options.replyBytes()
                || node.credits().exhausted();
    }

    private boolean holdsAppends() {
        return node.holdsAppends() && (updatesTables || !writers.isEmpty());
    }

    /** Well below the bounds, so that reading does not stop and go with every answer. */
    private boolean hasRoom() {
        return !holdsAppends()
                && appendBytes <= options.appendBytes() / 2
                && requestsUnanswered <= options.requests() / 2
                && outbox.pendingBytes() <= options.replyBytes() / 2
                && !node.credits().exhausted();
    }

    private void pauseOrResume() {
        boolean full = isOverBound();
        progress.update(received.readableBytes() + openBlockBytes, full, System.nanoTime());
        boolean over = full || !progress.mayReceive();
        if (over && !paused) {
            node.counters().pauses.increment();
            socket.pause();
        } else if (!over && paused) {
            socket.resume();
        }
        paused = over;
        waitForCredits();
    }

    /** To be called after everything that makes room. */
    private void resumeIfPossible() {
        if (paused && hasRoom()) {
            parse();
        }
        waitForCredits();
    }

    /** Called some times a second. */
    void tick(long now) {
        if (state != State.OPEN) {
            return;
        }
        String overdue = progress.overdue(now);
        if (overdue != null) {
            fail(overdue);
        } else if (paused) {
            resumeIfPossible();
            giveSign(now);
        }
    }

    /** Shows a peer whose appends are held that this side lives, and learns whether the peer does. */
    private void giveSign(long now) {
        if (holdsAppends() && now - lastSign > TimeUnit.MILLISECONDS.toNanos(SIGN_MILLIS)) {
            lastSign = now;
            send(WireCommand.KeepAlive.INSTANCE);
            outbox.flush();
        }
    }

    private void waitForCredits() {
        if (paused && state == State.OPEN && !waitsForCredits && node.credits().exhausted()) {
            waitsForCredits = true;
            node.credits()
                    .whenAvailable(() -> context.runOnContext(nothing -> {
                        waitsForCredits = false;
                        resumeIfPossible();
                    }));
        }
    }

    // ---- the end

    /** Closes the connection because of a mistake, the peer's or ours, and logs it. */
    void fail(String reason) {
        if (state == State.OPEN) {
            node.counters().closedByError.increment();
            node.log().warn("connection from {} is closed: {}", socket.remoteAddress(), reason);
            finish();
        }
    }

    /** Closes the connection as the protocol wants it. */
    void end(String reason) {
        if (state == State.OPEN) {
            LOG.debug("connection from {} is closed: {}", socket.remoteAddress(), reason);
            finish();
        }
    }

    private void finish() {
        acknowledge();
        state = State.ENDING;
        letGo();
        outbox.flush();
        cutOff = context.owner().setTimer(CLOSE_MILLIS, timer -> Sockets.abort(socket));
        closeIfWritten();
    }

    private void closeIfWritten() {
        if (outbox.pendingBytes() == 0) {
            var unused = socket.close();
        }
    }

    private void closed() {
        if (state == State.OPEN) {
            letGo();
        }
        state = State.CLOSED;
        if (cutOff != NO_TIMER) {
            context.owner().cancelTimer(cutOff);
        }
        outbox.close();
        node.counters().closed.increment();
        whenClosed.accept(this);
        // Makes Vert.x give up what it has read while paused, which it would otherwise leak.
        socket.resume();
    }

    private void letGo() {
        received.clear();
        progress.close();
        answers.close();
        held.clear();
        acknowledging.clear();
        writers.clear();
        node.credits().giveBack(appendBytes);
        appendBytes = 0;
        submissions.disconnect(id);
    }
}
