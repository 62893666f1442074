// The languages that WhatsApp knows templates in, by its own codes, and how people call them.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { LANGUAGES, isLanguage } from "../../i18n";

/** [Supported languages](https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates/supported-languages). */
const CODES =
  "af sq ar az bn bg ca zh_CN zh_HK zh_TW hr cs da nl en en_GB en_US et fil fi fr ka de el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb fa pl pt_BR pt_PT pa ro ru sr sk sl es es_AR es_ES es_MX sw sv ta te th tr uk ur uz vi zu".split(" ");

/** Another code may be told of than those that we know: it stands for itself. */
export function useLanguageNames() {
  const { i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => {
    const locale = isLanguage(language) ? LANGUAGES[language].locale : language;
    const names = new Intl.DisplayNames(locale, { type: "language", languageDisplay: "standard" });
    const nameOf = (code: string): string => {
      try {
        return names.of(code.replace("_", "-")) ?? code;
      } catch {
        return code; // Not in the form of a language's code.
      }
    };
    const choices = CODES.map((code) => ({ code, name: nameOf(code) })).sort((a, b) => a.name.localeCompare(b.name, locale));
    return { nameOf, choices };
  }, [language]);
}
