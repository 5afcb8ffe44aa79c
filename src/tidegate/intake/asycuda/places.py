"""Where each fact stands in a SAD of ASYCUDA World: one list, from which the reader, the writer and the docs work.

UNCTAD publishes no schema of these files. Element names and their drift were looked up in public repositories: the
reverse-made Asycuda421.xsd (Alphaquest2005/MRManager), exports from Albania (sc001cs/AsycudaXML), Jamaica
(willylondon/asycuda-converter-2) and Nepal (ushan7/ASYCUDA-XML-PRODUCTION), and what writes for Georgia, Bosnia, Aruba,
Suriname and Vanuatu. `Version` and `Status` of a SAD were seen in none of them.
"""

# Tables that are read down their columns stay one row a line.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONTAINER", "DOCUMENT", "GENERAL", "ITEM", "LEFT", "TAX", "UNIT", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """`name` of a fact, its `path` as ASYCUDA World 4.2 exports it, and other paths that profiles have it at.

    `makes`: the column that it becomes, or becomes a part of; empty where that is `name` itself. `note`: how.
    Paths are compared without regard to capitals, and by `tidegate.intake.asycuda.elements.SAME`.
    """

    name: str
    path: str
    also: tuple[str, ...] = ()
    makes: str = ""
    note: str = ""

    @property
    def column(self) -> str:
        """The column of the lines that this fact goes to."""
        return self.makes or self.name


# fmt: off
# Of the whole declaration, in the order in which they are written.
GENERAL: tuple[Place, ...] = (
    Place("sad_flow", "Property/Sad_flow", note="I or E"),
    Place("items_announced", "Property/Nbers/Total_number_of_items"),
    Place("packages_announced", "Property/Nbers/Total_number_of_packages", also=("Identification/Total_number_of_packages",)),
    Place("declared_on", "Property/Date_of_declaration", makes="lodged_on", note="where there is no date of registration"),
    Place("office", "Identification/Office_segment/Customs_clearance_office_code"),
    Place("declaration_type", "Identification/Type/Type_of_declaration"),
    Place("general_procedure", "Identification/Type/Declaration_gen_procedure_code", also=("Identification/Type/General_procedure_code",)),
    Place("manifest_id", "Identification/Manifest_reference_number"),
    Place("registration_serial", "Identification/Registration/Serial_number", makes="declaration_id"),
    Place("registration_number", "Identification/Registration/Number", makes="declaration_id", note="OFFICE-YEAR-SERIAL-NUMBER; without a serial letter the number as it is"),
    Place("registered_on", "Identification/Registration/Date", makes="lodged_on"),
    Place("version", "Identification/Version", also=("Property/Version",), makes="message_version", note="not seen in public files; above 1 is an amendment"),
    Place("status", "Identification/Status", also=("Property/Status",), makes="message_function", note="not seen in public files; AMENDED, RECTIFIED, CANCELLED"),
    Place("exporter_id", "Traders/Exporter/Exporter_code"),
    Place("exporter_name", "Traders/Exporter/Exporter_name", note="first line"),
    Place("exporter_address", "Traders/Exporter/Exporter_address", note="else the further lines of the name"),
    Place("importer_id", "Traders/Consignee/Consignee_code"),
    Place("importer_name", "Traders/Consignee/Consignee_name", note="first line"),
    Place("importer_address", "Traders/Consignee/Consignee_address", note="else the further lines of the name"),
    Place("financial_id", "Traders/Financial/Financial_code"),
    Place("declarant_id", "Declarant/Declarant_code", note="also `message_sender`"),
    Place("declarant_name", "Declarant/Declarant_name", note="first line"),
    Place("declarant_address", "Declarant/Declarant_address", note="else the further lines of the name"),
    Place("reference_year", "Declarant/Reference/Year", makes="message_id"),
    Place("reference_number", "Declarant/Reference/Number", makes="message_id", note="YEAR-NUMBER; with the declarant's code it is the `declaration_id` of a SAD that is not registered"),
    Place("trading_country", "General_information/Country/Trading_country"),
    Place("dispatch_country", "General_information/Country/Export/Export_country_code"),
    Place("destination_country", "General_information/Country/Destination/Destination_country_code"),
    Place("arrival_identity", "Transport/Means_of_transport/Departure_arrival_information/Identity", makes="transport_id", note="where the border has none"),
    Place("transport_id", "Transport/Means_of_transport/Border_information/Identity"),
    Place("transport_nationality", "Transport/Means_of_transport/Border_information/Nationality"),
    Place("transport_mode", "Transport/Means_of_transport/Border_information/Mode", note="of two digits the first: 31 is 3"),
    Place("container_number", "Transport/Container_number", makes="container_ids", note="of every item"),
    Place("general_incoterm", "Transport/Delivery_terms/Code", makes="incoterm", note="where the item has none"),
    Place("border_office", "Transport/Border_office/Code"),
    Place("loading_port", "Transport/Place_of_loading/Code"),
    Place("location_of_goods", "Transport/Location_of_goods"),
    Place("warehouse", "Warehouse/Identification"),
)

# Of one goods item, below Item.
ITEM: tuple[Place, ...] = (
    Place("item_number", "Item_Number", note="else the place among the items; written only where that differs"),
    Place("packages", "Packages/Number_of_packages"),
    Place("marks", "Packages/Marks1_of_packages"),
    Place("more_marks", "Packages/Marks2_of_packages", makes="marks"),
    Place("package_type", "Packages/Kind_of_packages_code"),
    Place("incoterm", "IncoTerms/Code"),
    Place("commodity", "Tarification/HScode/Commodity_code", makes="hs_code"),
    Place("precision_1", "Tarification/HScode/Precision_1", makes="hs_code", note="appended where all is digits, twelve at most; else `hs_additions`"),
    Place("precision_2", "Tarification/HScode/Precision_2", makes="hs_additions"),
    Place("precision_3", "Tarification/HScode/Precision_3", makes="hs_additions"),
    Place("precision_4", "Tarification/HScode/Precision_4", makes="hs_additions"),
    Place("preference", "Tarification/Preference_code"),
    Place("extended_procedure", "Tarification/Extended_customs_procedure", makes="procedure"),
    Place("national_procedure", "Tarification/National_customs_procedure", makes="procedure", note="4000 and 000 are 4000-000"),
    Place("quota", "Tarification/Quota_code", also=("Tarification/Quota/QuotaCode", "Tarification/Quota/Quota_code")),
    Place("valuation_method", "Tarification/Valuation_method_code"),
    Place("origin_country", "Goods_description/Country_of_origin_code"),
    Place("tariff_description", "Goods_description/Description_of_goods", note="the tariff's words; where there is no other, `description`"),
    Place("description", "Goods_description/Commercial_Description"),
    Place("bill_id", "Previous_doc/Summary_declaration", note="number of the bill of lading or waybill"),
    Place("bill_line", "Previous_doc/Summary_declaration_sl"),
    Place("previous_document", "Previous_doc/Previous_document_reference"),
    Place("licence", "Licence_number", also=("Licence_number/Licence_number", "Additional_information/Licence_number")),
    Place("gross_mass_kg", "Valuation_item/Weight_itm/Gross_weight_itm"),
    Place("net_mass_kg", "Valuation_item/Weight_itm/Net_weight_itm"),
    Place("cif_value", "Valuation_item/Total_CIF_itm", note="in the national currency"),
    Place("customs_value", "Valuation_item/Statistical_value", note="in the national currency; else `cif_value`"),
    Place("invoice_amount", "Valuation_item/Item_Invoice/Amount_foreign_currency"),
    Place("invoice_currency", "Valuation_item/Item_Invoice/Currency_code"),
    Place("exchange_rate", "Valuation_item/Item_Invoice/Currency_rate"),
)

# What repeats, below its own element.
UNIT: tuple[Place, ...] = (
    Place("unit_code", "Suppplementary_unit_code", makes="quantity_unit", note="first filled; the others are `other_quantities`"),
    Place("unit_quantity", "Suppplementary_unit_quantity", makes="quantity", note="first filled; the others are `other_quantities`"),
)
DOCUMENT: tuple[Place, ...] = (
    Place("document_code", "Attached_document_code", makes="documents"),
    Place("document_reference", "Attached_document_reference", makes="document_references", note="CODE REFERENCE, a semicolon between two"),
    Place("document_date", "Attached_document_date", note="not kept; shows whether days or months come first"),
)
TAX: tuple[Place, ...] = (
    Place("tax_code", "Duty_tax_code", makes="duty_code", note="of the first filled line, which is the duty"),
    Place("tax_base", "Duty_tax_Base", makes="duty_rate", note="with the amount it shows the unit of the rate"),
    Place("tax_rate", "Duty_tax_rate", makes="duty_rate", note="0.2 or 20 for 20%; `duty_rate_written` has it as it is"),
    Place("tax_amount", "Duty_tax_amount", makes="duty_rate"),
)
CONTAINER: tuple[Place, ...] = (
    Place("container_item", "Item_Number", makes="container_ids", note="the item that it holds; none: every item"),
    Place("container_identity", "Container_identity", makes="container_ids"),
)

# What is not read, and why; intake counts every path that held something.
LEFT: tuple[tuple[str, str], ...] = (
    ("ASYCUDA/@id", "key of the document in the database that exported it"),
    ("Export_release, Assessment_notice, Global_taxes, Identification/Assessment, Identification/receipt", "what became of the declaration later: it is no part of what was declared"),
    ("…_name of offices, countries, packages, units, currencies, documents", "words for a code that is kept"),
    ("Property/Forms, Selected_page, Place_of_declaration", "the paper form"),
    ("Financial, Transit, Warehouse/Delay", "guarantees, banks, payment and transit seals: the line table has no place for them"),
    ("Valuation, Valuation_item costs (freight, insurance, deductions)", "totals and parts of the customs value; a currency with rate 1 among them is the national one"),
    ("Taxation totals, modes of payment", "sums of the tax lines"),
    ("Container type, weight, packages; Prev_decl; Suppliers_link; Free_text", "no place in the line table"),
)
# fmt: on
