/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.settings;

/** The configuration file that documents every setting; all of its values are the defaults, commented out. */
public final class SampleFile {
    private static final int WIDTH = 100;

    private SampleFile() {}

    /** The whole text of the file. */
    public static String text() {
        StringBuilder out = new StringBuilder();
        comment(out, "Settings of Headrace. Lines that start with # are comments; what stands here are the defaults.");
        comment(out, "Use it with --config FILE, or set " + Settings.FILE_VARIABLE + ".");
        comment(out, "The command line wins over environment variables, those over this file.");
        for (Setting<?> setting : Settings.ALL) {
            out.append('\n');
            comment(out, setting.about());
            comment(out, "Allowed: " + setting.allowed() + ".");
            comment(out, "Also: --" + setting.name() + " or " + setting.variable() + ".");
            out.append('#')
                    .append(setting.name())
                    .append('=')
                    .append(setting.defaultText())
                    .append('\n');
        }
        return out.toString();
    }

    private static void comment(StringBuilder out, String prose) {
        int column = 0;
        for (String word : prose.split(" ", -1)) {
            if (column == 0 || column + 1 + word.length() > WIDTH) {
                out.append(column == 0 ? "# " : "\n# ").append(word);
                column = 2 + word.length();
            } else {
                out.append(' ').append(word);
                column += 1 + word.length();
            }
        }
        out.append('\n');
    }
}
