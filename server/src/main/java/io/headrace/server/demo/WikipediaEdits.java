/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.demo;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.zip.GZIPInputStream;

/**
 * The data set of the demonstration: edits of Wikipedia in all its languages on one day in 2015, as they were announced
 * on its public channels. Apache Druid publishes the sample with its tests, in a jar on this program's class path. About
 * forty thousand JSON objects, in order of time, skewed as real data is: one wiki in fifty has a third of them.
 */
final class WikipediaEdits {
    private static final String DATA = "/wikipedia/wikiticker-2015-09-12-sampled.json.gz";
    private static final String PUBLISHED_WITH = "/META-INF/maven/org.apache.druid/druid-processing/pom.properties";

    /**
     * One edit.
     *
     * @param wiki such as {@code en.wikipedia}; the routing key
     * @param time in UTC, such as {@code 2015-09-12T00:46:58.771Z}
     * @param added bytes by which the page grew, or 0
     * @param deleted bytes by which the page shrank, or 0
     * @param json the event, as it was published
     */
    record Edit(String wiki, String time, String page, boolean robot, long added, long deleted, String json) {
        /** @throws IllegalArgumentException if this is no edit */
        static Edit parse(String json) {
            try {
                JsonObject edit = new JsonObject(json);
                return new Edit(
                        edit.getString("channel").replaceFirst("^#", ""),
                        edit.getString("time"),
                        edit.getString("page"),
                        edit.getBoolean("isRobot"),
                        edit.getLong("added"),
                        edit.getLong("deleted"),
                        json);
            } catch (DecodeException | ClassCastException | NullPointerException e) {
                throw new IllegalArgumentException("not an edit: " + json, e);
            }
        }
    }

    private WikipediaEdits() {}

    /** All edits, in the order in which they were made. */
    static List<Edit> all() {
        try (InputStream data = open(DATA);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(data), StandardCharsets.UTF_8))) {
            return lines.lines().map(Edit::parse).toList();
        } catch (IOException e) {
            throw new DemoException("the data of the demo cannot be read: " + e.getMessage(), e);
        }
    }

    /** Version of Druid with which this sample was published. */
    static String version() {
        Properties properties = new Properties();
        try (InputStream text = open(PUBLISHED_WITH)) {
            properties.load(text);
        } catch (IOException e) {
            throw new DemoException("the data of the demo cannot be read: " + e.getMessage(), e);
        }
        return properties.getProperty("version", "");
    }

    private static InputStream open(String resource) {
        InputStream stream = WikipediaEdits.class.getResourceAsStream(resource);
        if (stream == null) {
            throw new DemoException(resource + " is not on the class path: is a jar missing in lib/?");
        }
        return stream;
    }
}
